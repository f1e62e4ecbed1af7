"""A disk that takes nothing, for a while."""

import contextlib
import resource
from collections.abc import Iterator


@contextlib.contextmanager
def disk_that_takes_nothing() -> Iterator[None]:
    """No file of this process grows."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
