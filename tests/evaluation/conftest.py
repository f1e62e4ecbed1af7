"""The results are measured once for all tests."""

import pytest

from p6lowpan.evaluation.experiments import measured


@pytest.fixture(scope="session")
def whole():
    """All results, as the report has them."""
    return measured(quick=False)


@pytest.fixture(scope="session")
def quick():
    """Some of them."""
    return measured(quick=True)
