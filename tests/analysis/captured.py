"""The captures in tests/vectors/captures, and what a user who knows their networks would give with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.keys import parse_key
from p6lowpan.capture.files import open_capture
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context

CAPTURES = Path(__file__).parents[1] / "vectors" / "captures"
NETWORK_KEY = "00112233445566778899aabbccddeeff"
MESH_LOCAL, ON_MESH = "fd00:db8::", "2001:db8:0:1::"
ROUTERS = {"9c00": "0200000000000001", "bc00": "0200000000000002", "cc00": "0200000000000003"}
"""RLOC16 and extended address of the three Thread nodes."""

FRAMES = {
    "contiki-ng-rpl-1hop": 1653,
    "openthread-form": 50,
    "openthread-ping-global": 342,
    "openthread-ping-linklocal": 640,
    "openthread-ping-meshlocal": 762,
    "openthread-ping-multicast": 651,
    "openthread-udp": 1155,
    "riot-rpl": 123,
    "riot-short": 410,
    "riot-stock": 2368,
    "riot-udp": 1111,
}
THREAD = tuple(name for name in FRAMES if name.startswith("openthread"))


@dataclass(frozen=True)
class Known:
    """What is known of a network. Contexts are /64 prefixes by identifier."""

    contexts: dict[int, str]
    keys: tuple[str, ...] = ()
    addresses: dict[str, str] | None = None

    @property
    def settings(self) -> Settings:
        """As the explainer takes it."""
        contexts = tuple(Context(number, parse_ipv6(prefix), 64) for number, prefix in self.contexts.items())
        addresses = {
            LinkAddress(bytes.fromhex(short)): LinkAddress(bytes.fromhex(extended))
            for short, extended in (self.addresses or {}).items()
        }
        return Settings(contexts=contexts, keys=tuple(map(parse_key, self.keys)), addresses=addresses)


THREAD_NETWORK = Known({0: MESH_LOCAL, 1: ON_MESH}, (f"thread:{NETWORK_KEY}",), ROUTERS)
KNOWN = {
    "contiki-ng-rpl-1hop": Known({0: "fd00::"}),
    "riot-rpl": Known({}),
    "riot-short": Known({0: "2001:db8::"}),
    "riot-stock": Known({0: "2001:db8::", 5: "2001:db8:5::"}),
    "riot-udp": Known({}),
    **dict.fromkeys(THREAD, THREAD_NETWORK),
}


def path_of(name: str) -> Path:
    """The file of a capture."""
    return CAPTURES / f"{name}.pcap"


def explained(name: str, known: Known | None = None) -> Iterator[Explained]:
    """Every frame of a capture, explained with what is known, or with nothing."""
    explainer = Explainer(known.settings if known else Settings())
    with open_capture(str(path_of(name))) as capture:
        for frame in capture:
            yield explainer.explain(frame)
