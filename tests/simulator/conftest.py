"""Devices for the simulator's tests: one that does as written, and one that is a real MAC."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.node.inputs import ChannelAssessed, FrameReceived, TransmitDone, Wake
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import LinkAddress


@dataclass(frozen=True)
class Say:
    """A test's own input: put these octets on the air at once, or ask for the channel."""

    what: Transmit | AssessChannel


@dataclass(frozen=True)
class Send:
    """A test's own input: let the MAC send a payload to a device."""

    destination: LinkAddress
    payload: bytes
    handle: int


class Parrot:
    """Says what it is told to say, and remembers what it was told and when. ``alarms``: when it wants to be woken."""

    def __init__(self, *alarms: int) -> None:
        self.told: list[tuple[int, Any]] = []
        self.alarms = list(alarms)

    @property
    def deadline(self) -> int | None:
        return min(self.alarms, default=None)

    def handle(self, now: int, given: Any) -> tuple[Any, ...]:
        self.alarms = [alarm for alarm in self.alarms if alarm > now]
        if isinstance(given, Say):
            return (given.what,)
        self.told.append((now, given))
        return ()

    def told_of(self, kind: type) -> list[tuple[int, Any]]:
        return [(now, given) for now, given in self.told if isinstance(given, kind)]

    @property
    def heard(self) -> list[tuple[int, bytes]]:
        return [(now, given.octets) for now, given in self.told_of(FrameReceived)]


class MacDevice:
    """A real MAC, EUI-64 02..number on PAN 0xabcd."""

    def __init__(self, number: int, seed: int = 0) -> None:
        configuration = MacConfiguration(self.address_of(number), None, 0xABCD)
        self.mac = Mac(configuration, P6LOWPAN, Chance(seed * 1009 + number))
        self.times: list[int] = []

    @staticmethod
    def address_of(number: int) -> LinkAddress:
        return LinkAddress(bytes((2,)) + number.to_bytes(7, "big"))

    @property
    def deadline(self) -> int | None:
        return self.mac.deadline

    def handle(self, now: int, given: Any) -> tuple[Any, ...]:
        self.times.append(now)
        match given:
            case FrameReceived(octets):
                return self.mac.received(now, octets)
            case ChannelAssessed(clear):
                return self.mac.channel_assessed(now, clear)
            case TransmitDone(acknowledged, accessed):
                return self.mac.transmit_done(now, acknowledged, accessed)
            case Send(destination, payload, handle):
                return self.mac.send(now, destination, payload, handle)
            case Wake():
                return self.mac.tick(now)
        raise AssertionError(given)


@pytest.fixture
def say() -> Callable[[World, int, int, bytes], None]:
    """Station ``number`` puts octets on the air at a time."""
    return lambda world, at, number, octets: world.inject(at, number, Say(Transmit(octets)))


@pytest.fixture
def assess() -> Callable[[World, int, int], None]:
    """Station ``number`` asks at a time whether the channel is clear."""
    return lambda world, at, number: world.inject(at, number, Say(AssessChannel()))


@pytest.fixture(scope="session")
def send() -> Callable[..., None]:
    """At a time the MAC at station ``number`` is to send a payload to another's, or to an address."""

    def inject(world: World, at: int, number: int, destination: int | bytes, payload: bytes, handle: int = 0) -> None:
        address = MacDevice.address_of(destination) if isinstance(destination, int) else LinkAddress(destination)
        world.inject(at, number, Send(address, payload, handle))

    return inject


@pytest.fixture
def parrot() -> type[Parrot]:
    return Parrot


@pytest.fixture(scope="session")
def mac_device() -> type[MacDevice]:
    return MacDevice


@pytest.fixture
def fields_in_tshark(tmp_path: Path) -> Callable[[bytes, tuple[str, ...]], list[dict[str, list[str]]]]:
    """Fields of every frame of a capture, in tshark."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")

    def show(capture: bytes, fields: tuple[str, ...]) -> list[dict[str, list[str]]]:
        path = tmp_path / "medium.pcap"
        path.write_bytes(capture)
        command = [tshark, "-r", str(path), "-T", "json", *(part for field in fields for part in ("-e", field))]
        printed = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
        return [packet["_source"].get("layers", {}) for packet in json.loads(printed)]

    return show
