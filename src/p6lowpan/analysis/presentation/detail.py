"""One frame in full: every layer with its octets and fields, what was elided, and how the datagram came together.

for text in DetailWriter(palette).lines(explained, line):
    print(text)
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from p6lowpan.analysis.explained import Explained, Finding
from p6lowpan.analysis.presentation.dump import dump, place_words, value_words
from p6lowpan.analysis.presentation.explained_layers import gathered, layers_of, layers_of_packet
from p6lowpan.analysis.presentation.learned_words import learned_words
from p6lowpan.analysis.presentation.line import SEVERITY_ROLES
from p6lowpan.analysis.presentation.names import counted, in_order, span_words
from p6lowpan.analysis.presentation.palette import Palette, Role
from p6lowpan.analysis.presentation.restored import parts_of, restored
from p6lowpan.analysis.presentation.restored_fields import Restored
from p6lowpan.analysis.presentation.timeline_words import outcome_words
from p6lowpan.analysis.presentation.titles import title_of
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import takes
from p6lowpan.capture.frame import link_type_name
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.wire.address import format_link
from p6lowpan.wire.dissect import payload_layers
from p6lowpan.wire.layers import FieldLine, Layer, fields_of
from p6lowpan.wire.sixlowpan.expansion import Part

NAME_CELLS, VALUE_CELLS, PLACE_CELLS = 30, 34, 12
ADDRESS_SIZES = (2, 8, 16)
LAST_SECOND = 253_402_300_799  # the end of the year 9999, the last that a datetime holds


class DetailWriter:
    """Writes frames in full."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette

    def lines(self, explained: Explained, line: str = "", *, was_captured: bool = True) -> Iterator[str]:
        """Everything about a frame; ``line`` is its line, which comes first. ``was_captured``: it has a time."""
        if line:
            yield line
        if was_captured:
            yield f"  {self.palette.faint(_capture(explained))}"
        for finding in explained.findings:
            yield self._finding(finding)
        for layer in layers_of(explained):
            yield from self._layer(layer)
        received = explained.received
        if received is not None and received.payload is not None:
            yield from self._restored(restored(received.payload, explained.guessed_contexts))
        yield from self._reassembly(explained)
        yield from self._gathered(explained)
        for packet in explained.packets:
            yield from self._packet(packet, explained)
        yield from self._facts(explained)
        if was_captured:
            yield ""

    def _title(self, title: str, note: str = "") -> str:
        return f"  {self.palette.title(title)}{f'  {note}' if note else ''}"

    # --- layers ------------------------------------------------------------------------------------------------------

    def _layer(self, layer: Layer) -> Iterator[str]:
        note = f"{span_words(layer.start, layer.end)}"
        if layer.stands_for is not None:
            note += f", {span_words(*layer.stands_for)} of the packet"
        yield self._title(title_of(layer), self.palette.faint(note))
        octets = layer.raw or (layer.header.encode()[: layer.end - layer.start] if layer.header else b"")
        for row in dump(octets, layer.start):
            yield f"    {self.palette.faint(row)}"
        if layer.error is not None:
            yield f"    {self.palette.error(str(layer.error))}"
        for field in fields_of(layer):
            yield self._field(field)

    def _field(self, field: FieldLine) -> str:
        name = "  " * field.depth + field.name
        place = self.palette.faint(f"{place_words(field.start_bit, field.bits):<{PLACE_CELLS}}")
        opened = f"{field.value}  {self.palette.upper(field.meaning)}"  # of a field that holds a header
        said = self._value(field) if field.header is None else opened
        return f"    {place} {name:<{NAME_CELLS}} {said}".rstrip()

    def _value(self, field: FieldLine) -> str:
        """Value and meaning of a field, once where they say the same."""
        value, meaning = value_words(field.value, field.bits), self.palette.upper(field.meaning)
        if isinstance(field.value, bytes) and field.meaning and len(field.value) in ADDRESS_SIZES:
            return meaning
        if field.meaning in value.split(" = "):
            return value
        return meaning if field.meaning.startswith(f"{value} ") else f"{value}  {meaning}"

    # --- what the frame became ---------------------------------------------------------------------------------------

    def _restored(self, headers: list[tuple[Part, tuple[Restored, ...]]]) -> Iterator[str]:
        for part, rows in headers:
            if not rows:
                continue
            span = span_words(part.expanded_start, part.expanded_end)
            yield self._title(f"{part.header.LAYER} stands for", self.palette.faint(f"{span} of the packet"))
            for row in rows:
                origin = self.palette[Role.UPPER if row.was_elided else Role.FAINT](row.origin)
                yield f"    {row.name:<{PLACE_CELLS + 4}} {row.value:<{NAME_CELLS + 8}}  {origin}"

    def _reassembly(self, explained: Explained) -> Iterator[str]:
        outcomes = explained.received.outcomes if explained.received else ()
        for outcome in outcomes:
            first, *others = outcome_words(outcome)
            yield self._title("reassembly", first)
            for row in others:
                yield f"    {row}"

    def _gathered(self, explained: Explained) -> Iterator[str]:
        """The compressed datagram that recoverable fragments made."""
        found = gathered(explained)
        if found is None:
            return
        octets, whole = found
        yield self._title("compressed datagram", counted(len(octets), "octet"))
        for layer in payload_layers(octets, 0, whole):
            yield from self._layer(layer)
        yield from self._restored(restored(whole, explained.guessed_contexts, "compressed datagram"))

    def _packet(self, packet: Packet, explained: Explained) -> Iterator[str]:
        note = counted(len(packet.octets), "octet")
        yield self._title("IPv6 packet", f"{note}, {_origin(packet, explained)}")
        received = explained.received
        payload = received.datagram if received else None
        if payload is not None and payload.expanded is not None and payload.stack.fragment is None:
            for start, end, origin in parts_of(payload):
                yield f"    {start:>4}-{end - 1:<4} {origin}"
        for row in dump(packet.octets):
            yield f"    {self.palette.faint(row)}"
        for layer in layers_of_packet(packet.octets, explained.mle):
            yield from self._packet_layer(layer)

    def _packet_layer(self, layer: Layer) -> Iterator[str]:
        yield self._title(title_of(layer), self.palette.faint(f"{span_words(layer.start, layer.end)} of the packet"))
        if layer.error is not None:
            yield f"    {self.palette.error(str(layer.error))}"
        for field in fields_of(layer):
            yield self._field(field)

    # --- what there is to say about it -------------------------------------------------------------------------------

    def _facts(self, explained: Explained) -> Iterator[str]:
        security = explained.security
        if security is not None and security.error is None:
            source = format_link(security.extended_source)
            yield self._title("decrypted", f"with {security.key_name}, EUI-64 of the source {source}")
        if explained.features:
            yield from self._features(explained)
        for event in explained.learned:
            yield self._title("learned", learned_words(event))

    def _finding(self, finding: Finding) -> str:
        paint = self.palette[SEVERITY_ROLES[finding.severity]]
        name = paint(f"{finding.severity.name.lower()} {finding.name}")
        return f"  {name}  {finding.text}  ({finding.section})"

    def _features(self, explained: Explained) -> Iterator[str]:
        level = takes(explained.features, explained.growth)
        lowest = "no level takes this frame" if level is None else f"level {level} and above take this frame"
        bound = P6LOWPAN.header_growth_octets
        yield self._title("asks of its receiver", f"{lowest}; its headers grow by {explained.growth} of {bound} octets")
        for feature in in_order(explained.features):
            row = feature.value
            number = "no level" if row.level is None else f"level {row.level}"
            yield f"    {number:<{PLACE_CELLS}} {row.name:<{NAME_CELLS}} {row.meaning}  ({row.section})"


def _origin(packet: Packet, explained: Explained) -> str:
    if packet.timeline is not None:
        return f"from {counted(packet.timeline.fragments, 'fragment')}"
    payload = explained.received.payload if explained.received else None
    return "as captured" if payload is None else "from this frame"


def _capture(explained: Explained) -> str:
    """When and how the frame was captured."""
    captured, inside = explained.captured, explained.inside
    seconds, nanoseconds = divmod(captured.time_ns, 1_000_000_000)
    said = []
    if 0 < seconds <= LAST_SECOND:
        said.append(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}.{nanoseconds:09} UTC")
    said += [f"link type {link_type_name(captured.link_type)}", counted(len(captured.octets), "octet")]
    if captured.missing:
        said.append(f"{captured.missing} more were not captured")
    if inside is not None:
        said += [
            f"{name} {value}{unit}"
            for name, value, unit in (
                ("channel", inside.channel, ""),
                ("signal", inside.signal_dbm, " dBm"),
                ("link quality", inside.link_quality, ""),
            )
            if value is not None
        ]
        if inside.note:
            said.append(inside.note)
    return ", ".join(said)
