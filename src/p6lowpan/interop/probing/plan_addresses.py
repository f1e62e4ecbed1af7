"""Probes of the address modes: stateless, from the link layer, in 16 bits, from contexts, multicast, unspecified."""

from collections.abc import Callable, Iterator

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance import writer
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.interop.probing.probe import Ask, Form, Frames, OutFrame, Probe, Send, in_form
from p6lowpan.interop.probing.questions import Question, closed_port, duplicate_detection, echo, solicitation
from p6lowpan.interop.probing.scene import Scene, under
from p6lowpan.wire.address import ALL_NODES, Ipv6Address, Link, LinkAddress, link_local
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE
from p6lowpan.wire.sixlowpan.contexts import Context

LEAST_SOURCE, LEAST_DESTINATION = 0b000, 0b0000
PREFIX_BITS = 64
GROUP_NUMBER = bytes.fromhex("8badf00d")


def modes(source: int = LEAST_SOURCE, destination: int = LEAST_DESTINATION) -> Form:
    """LOWPAN_IPHC with these rows of the address tables, everything else in line."""

    def form(_scene: Scene, packet: bytes, link: Link) -> Written:
        return writer.iphc(packet, link, SOURCE[source], DESTINATION[destination])

    return form


def of(name: str, about: str, feature: Feature, ask: Ask, form: Form) -> Probe:
    """A probe of one feature, in one form."""
    return Probe(name, about, ask, in_form(form), frozenset({feature}))


def plain_echo(scene: Scene, number: int) -> tuple[Question, ...]:
    """Between the link-local addresses."""
    return (echo(scene, number),)


def _local_echo(scene: Scene, number: int) -> tuple[Question, ...]:
    """Only where the address that is asked is the one that a frame can leave out."""
    return (echo(scene, number),) if scene.destination == link_local(scene.theirs) else ()


def probes() -> Iterator[Probe]:
    """All of them; contexts behind everything that needs none."""
    yield from _stateless()
    yield from _short()
    yield from _groups()
    yield from _contexts()


def _stateless() -> Iterator[Probe]:
    feature = Feature.STATELESS_UNICAST
    yield of("stateless/source-64", "the source in 64 bits", feature, plain_echo, modes(source=0b001))
    about = "the destination in 64 bits"
    yield of("stateless/destination-64", about, feature, _local_prefix, modes(destination=0b0001))
    feature = Feature.ELIDED_IDENTIFIER
    yield of("elided/source", "the source from the link layer", feature, plain_echo, modes(source=0b011))
    about = "the destination from the link layer"
    yield of("elided/destination", about, feature, _local_echo, modes(destination=0b0011))
    yield of("elided/both", "both addresses from the link layer", feature, _local_echo, modes(0b011, 0b0011))


def _local_prefix(scene: Scene, number: int) -> tuple[Question, ...]:
    return (echo(scene, number),) if scene.destination[:8] == link_local(scene.ours)[:8] else ()


def _short() -> Iterator[Probe]:
    feature = Feature.SHORT_ADDRESSES
    yield of("short/source-16", "the source in 16 bits", feature, _from_short, modes(source=0b010))
    about = "the source from a short link-layer address"
    yield Probe("short/source-elided", about, _from_short, _short_frames(0b011, 0b0000), frozenset({feature}))
    yield of("short/destination-16", "the destination in 16 bits", feature, _to_short, modes(destination=0b0010))
    about = "the destination from a short link-layer address"
    yield Probe("short/destination-elided", about, _to_short, _short_frames(0b000, 0b0011), frozenset({feature}))


def _from_short(scene: Scene, number: int) -> tuple[Question, ...]:
    if scene.our_short is None:
        return ()
    return (echo(scene, number, kind="an echo from a short address", source=link_local(scene.our_short)),)


def _short_of(scene: Scene) -> LinkAddress | None:
    return scene.theirs if len(scene.theirs) == 2 else scene.their_short


def _to_short(scene: Scene, number: int) -> tuple[Question, ...]:
    short = _short_of(scene)
    if short is None:
        return ()
    return (echo(scene, number, kind="an echo to a short address", destination=link_local(short)),)


def _short_frames(source: int, destination: int) -> Send:
    """Between short addresses as far as an address is left out."""

    def send(scene: Scene, questions: tuple[Question, ...], _number: int) -> Frames:
        ours = scene.our_short if source == 0b011 else None
        theirs = _short_of(scene) if destination == 0b0011 else None
        link = Link(ours or scene.ours, theirs or scene.theirs)
        packet = questions[0].packet
        written = modes(source, destination)(scene, packet, link)
        return (OutFrame(link, written.octets + packet[written.covers :]),)

    return send


def _groups() -> Iterator[Probe]:
    feature = Feature.STATELESS_MULTICAST
    for bits, row in ((128, 0b1000), (48, 0b1001), (32, 0b1010), (8, 0b1011)):
        about = f"the group of all nodes in {bits} bits"
        yield of(f"multicast/{bits}", about, feature, _to_all, modes(destination=row))
    for bits, row in ((48, 0b1001), (8, 0b1011)):
        about = f"the group of all nodes in {bits} bits, in a frame to the neighbour alone"
        send = _alone(modes(destination=row))
        yield Probe(f"multicast/alone-{bits}", about, _to_all_alone, send, frozenset({feature}))
    about = "the solicited-node group in 48 bits"
    yield of("multicast/solicited-48", about, feature, _solicitation, modes(destination=0b1001))
    feature = Feature.UNSPECIFIED_SOURCE
    form = modes(0b100, 0b1000)
    yield of("unspecified/source", "the source ::", feature, _duplicate_detection, form)


def _to_all(scene: Scene, number: int) -> tuple[Question, ...]:
    return (echo(scene, number, kind="an echo to all nodes", destination=ALL_NODES),)


def _to_all_alone(scene: Scene, number: int) -> tuple[Question, ...]:
    """Some link layers carry what is for everybody in another way than a frame to 0xffff."""
    return (echo(scene, number, kind="an echo to all nodes, sent to it alone", destination=ALL_NODES),)


def _alone(form: Form) -> Send:
    def send(scene: Scene, questions: tuple[Question, ...], _number: int) -> Frames:
        packet = questions[0].packet
        written = form(scene, packet, scene.link)
        return (OutFrame(scene.link, written.octets + packet[written.covers :]),)

    return send


def _solicitation(scene: Scene, _number: int) -> tuple[Question, ...]:
    return (solicitation(scene),)


def _duplicate_detection(scene: Scene, _number: int) -> tuple[Question, ...]:
    return (duplicate_detection(scene),)


# --- contexts ---------------------------------------------------------------------------------------------------------

Pick = Callable[[Scene], Context | None]
"""The context that a probe uses, of those that both ends hold."""


def _context_0(scene: Scene) -> Context | None:
    found = scene.contexts.get(0)
    return found if found is not None and 0 < found.length <= PREFIX_BITS else None


def _another(scene: Scene) -> Context | None:
    usable = (one for number, one in sorted(scene.contexts.items()) if number and 0 < one.length <= PREFIX_BITS)
    return next(usable, None)


def _contexts() -> Iterator[Probe]:
    feature = Feature.STATEFUL_UNICAST
    for bits, mode in ((64, 0b01), (0, 0b11)):
        how = "64 bits in line" if bits else "the rest from the link layer"
        name, ask = f"stateful/source-{bits}", _asked(_context_0, True)
        yield _stateful(name, f"the source's prefix from context 0, {how}", feature, ask, _context_0, 0b100 | mode, 0)
        name, ask = f"stateful/destination-{bits}", _asked(_context_0, False)
        about = f"the destination's prefix from context 0, {how}"
        yield _stateful(name, about, feature, ask, _context_0, 0, 0b100 | mode)
    name, ask = "stateful/source-16", _asked(_context_0, True, is_short=True)
    about = "the source's prefix from context 0, 16 bits in line"
    yield _stateful(name, about, feature, ask, _context_0, 0b110, 0)
    name, ask = "stateful/destination-16", _asked(_context_0, False, is_short=True)
    about = "the destination's prefix from context 0, 16 bits in line"
    yield _stateful(name, about, feature, ask, _context_0, 0, 0b110)
    about = "the source's prefix from context 0, UDP behind the header"
    yield _stateful("stateful/udp", about, feature, _datagram_under_context, _context_0, 0b101, 0)
    feature = Feature.CONTEXT_IDENTIFIER
    about = "the source's prefix from another context than 0"
    yield _stateful("context/source", about, feature, _asked(_another, True), _another, 0b101, 0)
    about = "the destination's prefix from another context than 0"
    yield _stateful("context/destination", about, feature, _asked(_another, False), _another, 0, 0b101)
    about = "a group made of the prefix of context 0, if the neighbour has joined it"
    name, feature = "stateful/group", Feature.STATEFUL_MULTICAST
    yield _stateful(name, about, feature, _to_group, _context_0, 0, 0b1100)


def group_of(prefix: Context) -> Ipv6Address:
    """A group on the link, made of a prefix (RFC 3306 section 4): a neighbour that has joined it can be asked."""
    return Ipv6Address(bytes((0xFF, 0x32, 0, prefix.length)) + prefix.prefix[:8] + GROUP_NUMBER)


def _asked(pick: Pick, of_source: bool, is_short: bool = False) -> Ask:
    def ask(scene: Scene, number: int) -> tuple[Question, ...]:
        long, short = (scene.ours, scene.our_short) if of_source else (scene.theirs, _short_of(scene))
        prefix, link_address = pick(scene), short if is_short else long
        if prefix is None or link_address is None:
            return ()
        what = f"{'a short' if is_short else 'an'} address under context {prefix.identifier}"
        kind, end = f"an echo {'from' if of_source else 'to'} {what}", under(prefix, link_address)
        return (
            echo(scene, number, kind=kind, source=end)
            if of_source
            else echo(scene, number, kind=kind, destination=end),
        )

    return ask


def _datagram_under_context(scene: Scene, number: int) -> tuple[Question, ...]:
    prefix = _context_0(scene)
    return () if prefix is None else (closed_port(scene, number, source=under(prefix, scene.ours)),)


def _to_group(scene: Scene, number: int) -> tuple[Question, ...]:
    prefix = _context_0(scene)
    if prefix is None:
        return ()
    return (echo(scene, number, kind="an echo to a group of a prefix", destination=group_of(prefix)),)


def _stateful(
    name: str, about: str, feature: Feature, ask: Ask, pick: Pick, source: int, destination: int
) -> Probe:  # one row of the plan
    def form(scene: Scene, packet: bytes, link: Link) -> Written:
        prefix = pick(scene)
        number = prefix.identifier if prefix is not None else 0
        identifiers = (number if source else 0, 0 if source else number) if number else None
        rows = SOURCE[source], DESTINATION[destination]
        return writer.iphc(packet, link, *rows, identifiers=identifiers)

    return of(name, about, feature, ask, form)
