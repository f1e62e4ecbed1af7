"""What a border router lets in from its backbone: rules, and how much air they may take.

A rule is a line, every part of which may be missing but the protocol:

    udp from 2001:db8:1::/48 to 2001:db8:2::/64 port 5683
    icmpv6 from 2001:db8:1::5
    any
"""

from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.backbone.traffic import Traffic
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6, parse_ipv6
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import masked

ADDRESS_BITS = 128
ANY = "any"
PROTOCOLS = {ANY: None, "udp": Protocol.UDP, "tcp": Protocol.TCP, "icmpv6": Protocol.ICMPV6}
WITH_PORTS = ("udp", "tcp")
FORM = "any, udp, tcp or icmpv6, then from PREFIX, to PREFIX, port NUMBER as far as wanted"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Addresses that begin alike; the default holds all."""

    address: Ipv6Address = UNSPECIFIED
    length: int = 0

    def holds(self, address: bytes) -> bool:
        """Whether an address begins so."""
        octets, bits = self.length >> 3, self.length & 7
        if not bits:  # the usual case, and every packet asks
            return address[:octets] == self.address[:octets]
        return masked(address, self.length) == self.address

    def __str__(self) -> str:
        return f"{format_ipv6(self.address)}/{self.length}"


EVERYTHING = Prefix()


@dataclass(frozen=True, slots=True)
class Permit:
    """A rule: what it describes may come in. ``protocol`` and ``port`` ``None``: any."""

    protocol: int | None = None
    source: Prefix = EVERYTHING
    destination: Prefix = EVERYTHING
    port: int | None = None

    def lets_in(self, traffic: Traffic) -> bool:
        """Whether the rule describes this. What has no ports, as a later fragment, has none that a rule could name."""
        return (
            self.protocol in (None, traffic.protocol)
            and self.port in (None, traffic.destination_port)
            and self.source.holds(traffic.source)
            and self.destination.holds(traffic.destination)
        )


def read_prefix(text: str) -> Prefix:
    """``2001:db8::/32``, or one address. Raises :class:`UsageError`."""
    address, slash, length = text.partition("/")
    try:
        octets, bits = parse_ipv6(address), int(length) if slash else ADDRESS_BITS
    except ValueError:
        raise UsageError(f"no IPv6 prefix: {text!r}") from None
    if not 0 <= bits <= ADDRESS_BITS or masked(octets, bits) != octets:
        raise UsageError(f"no IPv6 prefix: {text!r} has bits behind its length")
    return Prefix(octets, bits)


def read_permit(text: str) -> Permit:
    """The rule that a line is. Raises :class:`UsageError`."""
    words = iter(text.split())
    protocol = next(words, "")
    said = _parts(words, text)
    if protocol not in PROTOCOLS:
        raise UsageError(f"no rule: {text!r}: expected {FORM}")
    port = said.get("port")
    if port is not None and (protocol not in WITH_PORTS or not port.isdecimal() or not 1 <= int(port) <= 0xFFFF):
        raise UsageError(f"no rule: {text!r}: udp and tcp have ports, 1 to 65535")
    return Permit(
        PROTOCOLS[protocol],
        read_prefix(said["from"]) if "from" in said else EVERYTHING,
        read_prefix(said["to"]) if "to" in said else EVERYTHING,
        None if port is None else int(port),
    )


def _parts(words: Iterator[str], text: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for word in words:
        value = next(words, None)
        if word not in ("from", "to", "port") or word in said or value is None:
            raise UsageError(f"no rule: {text!r}: expected {FORM}")
        said[word] = value
    return said


@dataclass(frozen=True, slots=True)
class BackboneConfiguration:
    """The other interface of a border router. Raises :class:`UsageError` for what lets nothing through.

    ``permits`` let in what nobody inside asked for; without any, only answers come in. ``octets_per_second`` is what
    the radio's air may be used for in the mean, our own frames and repetitions counted (250 kb/s are 31250), and
    ``burst_us`` how long it may be taken at once.
    """

    permits: tuple[Permit, ...] = ()
    octets_per_second: int = 31_250
    burst_us: int = 100_000

    def __post_init__(self) -> None:
        if self.octets_per_second < 1 or self.burst_us < 1:
            raise UsageError("a backbone needs some air: octets a second and a burst above 0")
