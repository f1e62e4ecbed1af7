"""Radios by words: what a configuration or a command line says of a radio, and the radio that it becomes.

The same radio as a table of a configuration's file, and as words, there or behind ``--radio``::

    radio = { kind = "serial", port = "/dev/ttyACM0", baud = 460_800 }
    radio = "serial:/dev/ttyACM0,baud=460800"

Words are the kind, a colon and the first key of its table, and then any other key with its value.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.zep import PORT
from p6lowpan.configuration import kinds
from p6lowpan.configuration.keys import Kind, key, keys_of, read, tagged_table
from p6lowpan.drivers.radio import Radio
from p6lowpan.drivers.raw_interface import RawInterfaceRadio
from p6lowpan.drivers.serial_radio import SerialRadio
from p6lowpan.drivers.tun import NAME_OCTETS
from p6lowpan.drivers.zep import ZEP_TIMING, ZepRadio, is_group
from p6lowpan.gateway.simulated import SimulatedRadio
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.wire.address import LinkAddress

PORTS = 65_535
THIS_MACHINE = "::1"


def read_texts(value: Any, _place: str) -> tuple[str, ...]:  # Any: what TOML holds
    """A list of texts, none of them empty. Raises :class:`ValueError`."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValueError
    return tuple(value)


def _place(value: Any, where: str) -> tuple[str, int]:
    host, colon, port = kinds.TEXT.take(value, where).rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > PORTS:
        raise ValueError
    return host.strip("[]"), int(port)


def _numeric(value: Any, where: str) -> tuple[str, int]:
    place = _place(value, where)
    ip_address(place[0].partition("%")[0])
    return place


def _numeric_places(value: Any, where: str) -> tuple[tuple[str, int], ...]:
    return tuple(_numeric(one, where) for one in read_texts(value, where))


def _interface(value: Any, where: str) -> str:
    name: str = kinds.TEXT.take(value, where)
    if len(name.encode()) > NAME_OCTETS or set(name) & {"/", " "}:
        raise ValueError
    return name


ADDRESS = Kind("an address and a port, like [::1]:17754", _place)
NUMERIC = Kind("a numeric address and a port, like [::1]:17754", _numeric)
NUMERICS = Kind('a list of numeric addresses and ports, like "[::1]:17754"', _numeric_places)
INTERFACE = Kind(f"an interface's name, of at most {NAME_OCTETS} octets", _interface)


# --- what is said of them --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Zep:
    """ZEP v2 over UDP: simulated nodes, as RIOT's, and many sniffers."""

    peers: tuple[tuple[str, int], ...] = key(NUMERICS, "a dispatcher, other radios, or one multicast group")
    local: tuple[str, int] | None = key(NUMERIC, "where to receive; else on any free port", None)
    channel: int = key(kinds.whole(0, 255), "frames of others are not ours", 26)
    registers: bool = key(kinds.FLAG, "tell a dispatcher that we are there", True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A network interface of type IEEE 802.15.4, through AF_PACKET."""

    name: str = key(INTERFACE, "the interface, like wpan0")
    acknowledges: bool = key(kinds.FLAG, "the hardware does all about acknowledgements; not so on a monitor", True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLine:
    """A serial device that speaks raw frames in SLIP."""

    port: str = key(kinds.TEXT, "the device, like /dev/ttyACM0")
    baud: int = key(kinds.whole(1200, 4_000_000), "bits a second", 115_200)
    acknowledges: bool = key(kinds.FLAG, "the device answers frames and repeats its own by itself", False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """No radio: a medium in this process, with a node of every level from 0 to 6."""

    nodes: int = key(kinds.whole(1, 250), "how many; their levels are 0 to 6 in turn", 7)


RADIOS = {"zep": Zep, "interface": Interface, "serial": SerialLine, "simulated": Simulated}
RadioPlan = Zep | Interface | SerialLine | Simulated
_TABLE = tagged_table("kind", RADIOS)


# --- words -----------------------------------------------------------------------------------------------------------


def read_radio(words: str, place: str) -> RadioPlan:
    """The radio that words name; ``place`` is for errors. Raises :class:`UsageError`."""
    head, *rest = words.split(",")
    kind, _, first = head.partition(":")
    cls = RADIOS.get(kind)
    if cls is None:
        known = ", ".join(f"{name}:{next(keys_of(one)).name.upper()}" for name, one in RADIOS.items())
        raise UsageError(f"{place}: expected one of {known}, not {words!r}")
    values = dict(_pairs(rest, place))
    if cls is Zep:
        values["peers"] = [_with_port(first or THIS_MACHINE)]
        values |= {"local": _with_port(str(values["local"]), 0)} if "local" in values else {}
    elif first:
        values[next(keys_of(cls)).name] = _literal(first)
    radio: RadioPlan = read(cls, values, f"{place}: {kind}")
    return radio


def _pairs(texts: list[str], place: str) -> Iterator[tuple[str, Any]]:
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"{place}: expected KEY=VALUE behind a comma, not {text!r}")
        yield name, _literal(value)


def _literal(text: str) -> Any:  # Any: what TOML holds
    """A number or a truth as TOML writes it; everything else is a text."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text
    return value if isinstance(value, bool | int) else text


def _with_port(host: str, port: int = PORT) -> str:
    """An address and a port; ZEP's own where none is said."""
    has_port = host.count(":") == 1 or (host.startswith("[") and not host.endswith("]"))
    return host if has_port else f"[{host.strip('[]')}]:{port}"


def _table_or_words(value: Any, place: str) -> RadioPlan:  # Any: what TOML holds
    if isinstance(value, str):
        return read_radio(value, place)
    taken: RadioPlan = _TABLE.take(value, place)
    return taken


RADIO = Kind('a table, or words like "zep:[::1]:17754"', _table_or_words, _TABLE.classes, _TABLE.tag)


# --- radios ----------------------------------------------------------------------------------------------------------


def radio_of(plan: RadioPlan, eui64: LinkAddress, pan: int, key: bytes | None) -> Radio:
    """The radio, still closed. Raises :class:`UsageError`."""
    match plan:
        case Zep(peers=peers, local=local, channel=channel, registers=registers):
            has_dispatcher = registers and not any(map(is_group, peers))
            return ZepRadio(peers, local=local, channel=channel, registers_as=eui64 if has_dispatcher else None)
        case Interface(name=name, acknowledges=acknowledges):
            return RawInterfaceRadio(name, acknowledges=acknowledges)
        case SerialLine(port=port, baud=baud, acknowledges=acknowledges):
            return SerialRadio(port, baud, acknowledges=acknowledges)
        case Simulated(nodes=nodes):
            return SimulatedRadio(nodes, pan, key)


def link_over(
    radio: RadioPlan, extended: LinkAddress, pan: int, *, short: LinkAddress | None = None, key: bytes | None = None
) -> MacConfiguration:
    """The link layer of a node on such a radio: none but the simulated one needs CSMA/CA from us, and its times are
    those of processes."""
    answers = isinstance(radio, Interface | SerialLine) and radio.acknowledges
    does_csma = not isinstance(radio, Simulated)
    security = None if key is None else LinkSecurity((LinkKey(key),))
    return MacConfiguration(
        extended, short, pan, security, hardware_csma=does_csma, hardware_acknowledges=answers, timing=ZEP_TIMING
    )
