"""A frame as a JSON object: every layer, field and finding under keys that do not change.

Every key is there for every frame, with ``null`` or an empty list where there is nothing to say. Octets are
hexadecimal, addresses as they are printed, spans in octets (first, and one past the last) or bits.
"""

from typing import Any

from p6lowpan.analysis.explained import Explained, Finding
from p6lowpan.analysis.presentation.explained_layers import gathered, layers_of, layers_of_packet
from p6lowpan.analysis.presentation.learned_words import learned_words
from p6lowpan.analysis.presentation.names import ipv6_name, pan_name
from p6lowpan.analysis.presentation.packet_words import packet_words
from p6lowpan.analysis.presentation.restored import restored
from p6lowpan.analysis.presentation.restored_fields import Restored
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.profile import takes
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.machines.adaptation.timeline import Outcome, Timeline
from p6lowpan.wire.address import format_link
from p6lowpan.wire.dissect import payload_layers
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame
from p6lowpan.wire.layers import FieldLine, Layer, fields_of
from p6lowpan.wire.sixlowpan.expansion import Part
from p6lowpan.wire.thread.mle import Message

Json = dict[str, Any]  # JSON has no narrower type


def frame_record(explained: Explained, first_ns: int, text: str) -> Json:
    """The object of one frame. ``first_ns`` is the time of the first frame, ``text`` what the line of this one says."""
    captured, inside = explained.captured, explained.inside
    return {
        "number": captured.number,
        "time_ns": captured.time_ns,
        "seconds": round((captured.time_ns - first_ns) / 1e9, 9),
        "link_type": captured.link_type,
        "interface": captured.interface,
        "octets": captured.octets.hex(),
        "missing": captured.missing,
        "kind": inside.kind.value if inside else None,
        "note": inside.note if inside else "",
        "channel": inside.channel if inside else None,
        "signal_dbm": inside.signal_dbm if inside else None,
        "link_quality": inside.link_quality if inside else None,
        "mac": _mac(explained),
        "security": _security(explained),
        "repeated": explained.repeated,
        "layers": [layer_record(layer) for layer in layers_of(explained)],
        "restored": _restored(explained),
        "reassembly": _reassembly(explained),
        "gathered": _gathered(explained),
        "packets": [packet_record(packet, explained.mle) for packet in explained.packets],
        **cost_record(explained),
        "guessed_contexts": sorted(explained.guessed_contexts),
        "learned": [learned_words(event) for event in explained.learned],
        "error": None if explained.error is None else error_record(explained.error),
        "findings": [finding_record(finding) for finding in explained.findings],
        "text": text,
    }


def cost_record(explained: Explained) -> Json:
    """What a frame asks of its receiver. ``level`` is null where no level takes it, and for what is no 6LoWPAN."""
    features = explained.features
    return {
        "features": sorted(feature.value.name for feature in features),
        "level": takes(features, explained.growth) if features else None,
        "growth": explained.growth,
    }


def error_record(error: Malformed) -> Json:
    """Why octets were refused."""
    return {"layer": error.layer, "offset": error.offset, "reason": error.reason.value, "detail": error.detail}


def finding_record(finding: Finding) -> Json:
    """A finding; its name is stable."""
    return {
        "name": finding.name,
        "severity": finding.severity.name.lower(),
        "section": finding.section,
        "text": finding.text,
    }


# --- the link --------------------------------------------------------------------------------------------------------


def _mac(explained: Explained) -> Json | None:
    frame = explained.frame
    if frame is None:
        return None
    record: Json = {"type": FrameType(frame.frame_type).name.lower()}
    if isinstance(frame, Frame | MultipurposeFrame):
        record |= {
            "version": frame.frame_version,
            "sequence": frame.sequence_number,
            "acknowledgement_request": bool(frame.acknowledgement_request),
            "pan": pan_name(frame.pan_of_source),
            "source": format_link(frame.source) if frame.source else None,
            "destination": format_link(frame.destination) if frame.destination else None,
        }
    return record


def _security(explained: Explained) -> Json | None:
    security = explained.security
    if security is None:
        return None
    opened = security.error is None
    return {
        "opened": opened,
        "key": security.key_name if opened else None,
        "extended_source": format_link(security.extended_source) if opened else None,
    }


# --- layers ----------------------------------------------------------------------------------------------------------


def layer_record(layer: Layer) -> Json:
    """A layer with its fields."""
    return {
        "name": layer.name,
        "start": layer.start,
        "end": layer.end,
        "stands_for": layer.stands_for,
        "raw": layer.raw.hex() if layer.header is None else None,
        "fields": [_field(line) for line in fields_of(layer)],
        "error": None if layer.error is None else error_record(layer.error),
    }


def _field(line: FieldLine) -> Json:
    value = line.value
    return {
        "name": line.name,
        "depth": line.depth,
        "start_bit": line.start_bit,
        "bits": line.bits,
        "value": value.hex() if isinstance(value, bytes) else int(value) if isinstance(value, int) else str(value),
        "meaning": line.meaning,
    }


def _restored(explained: Explained) -> list[Json]:
    payload = explained.received.payload if explained.received else None
    if payload is None:
        return []
    return restored_record(restored(payload, explained.guessed_contexts))


def restored_record(headers: list[tuple[Part, tuple[Restored, ...]]]) -> list[Json]:
    """The fields that compressed headers stand for."""
    return [
        {
            "layer": part.header.LAYER,
            "fields": [{"name": row.name, "value": row.value, "origin": row.origin} for row in rows],
        }
        for part, rows in headers
        if rows
    ]


# --- datagrams -------------------------------------------------------------------------------------------------------


def _reassembly(explained: Explained) -> list[Json]:
    outcomes = explained.received.outcomes if explained.received else ()
    return [outcome_record(outcome) for outcome in outcomes]


def _gathered(explained: Explained) -> Json | None:
    """The compressed datagram that recoverable fragments made; null with any other frame."""
    found = gathered(explained)
    if found is None:
        return None
    octets, whole = found
    rows = restored(whole, explained.guessed_contexts, "compressed datagram")
    return {
        "octets": octets.hex(),
        "layers": [layer_record(layer) for layer in payload_layers(octets, 0, whole)],
        "restored": restored_record(rows),
    }


def outcome_record(outcome: Outcome) -> Json:
    """A datagram, what became of it, and its fragments."""
    reason = getattr(outcome, "reason", None)
    return {
        "outcome": {"DatagramDropped": "dropped"}.get(type(outcome).__name__, type(outcome).__name__.lower()),
        "reason": reason.value if reason is not None else None,
        "source": format_link(outcome.key.source),
        "destination": format_link(outcome.key.destination),
        "size": outcome.timeline.size or None,
        "tag": outcome.key.tag,
        **timeline_record(outcome.timeline),
    }


def timeline_record(timeline: Timeline) -> Json:
    """The fragments of a datagram in order of arrival."""
    return {
        "fragments": [
            {
                "time_ns": 1000 * arrival.at_us,
                "offset": arrival.offset,
                "length": arrival.length,
                "duplicate": arrival.duplicate,
            }
            for arrival in timeline.arrivals
        ],
        "duplicates": timeline.duplicates,
        "missing": timeline.missing,
    }


def packet_record(packet: Packet, mle: Message | None = None) -> Json:
    """An IPv6 packet with its layers."""
    octets = packet.octets
    return {
        "octets": octets.hex(),
        "source": ipv6_name(octets[8:24]) if len(octets) >= 40 else None,
        "destination": ipv6_name(octets[24:40]) if len(octets) >= 40 else None,
        "fragments": packet.timeline.fragments if packet.timeline else None,
        "text": packet_words(octets).text,
        "layers": [layer_record(layer) for layer in layers_of_packet(octets, mle)],
    }
