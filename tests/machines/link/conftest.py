"""What the tests of the link share: chance that is written down, and configurations that differ in one thing."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.wire.address import LinkAddress

KEY = LinkKey(bytes(range(0xC0, 0xD0)))


class Script:
    """Chance as written: the numbers in order, then 0 for ever. ``asked`` lists the bounds."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self.numbers = list(numbers)
        self.asked: list[int] = []

    def below(self, n: int) -> int:
        self.asked.append(n)
        number = self.numbers.pop(0) if self.numbers else 0
        assert number < n
        return number


@pytest.fixture
def script() -> Callable[..., Script]:
    return Script


@pytest.fixture
def device() -> Callable[..., MacConfiguration]:
    """Device ``number`` on PAN 0xabcd: EUI-64 02..00:number, no short address, no security."""

    def configure(number: int, **changes: Any) -> MacConfiguration:
        extended = LinkAddress(bytes((2, 0, 0, 0, 0, 0, 0, number)))
        return MacConfiguration(**{"extended": extended, "short": None, "pan": 0xABCD, **changes})

    return configure


@pytest.fixture
def secured() -> Callable[..., LinkSecurity]:
    """Security under one key, 5 octets of header and 4 of integrity code."""
    return lambda **changes: LinkSecurity(**{"keys": (KEY,), **changes})
