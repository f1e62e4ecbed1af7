"""Vectors as JSON: one object, with one line for each vector, so that a difference between two versions can be read."""

import json
from typing import Any

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance.case import Lesson
from p6lowpan.interop.conformance.suite import MTU, Receive, Send, Suite, target_of
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Context

FORMAT = "p6lowpan-conformance-1"
NAME = "p6lowpan_vectors.json"

Json = dict[str, Any]  # JSON has no narrower type


def files(suite: Suite) -> dict[str, str]:
    """The document."""
    head = {
        "format": FORMAT,
        "level": target_of(suite.profile),
        "features": names(suite.profile.receives),
        "header_growth_octets": suite.profile.limits.header_growth_octets,
        "datagram_octets": suite.profile.limits.datagram_octets,
        "frame_octets": MTU,
    }
    lines = [f" {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    lists = {
        "receive": [receive_record(vector) for vector in suite.receive],
        "send": [send_record(vector) for vector in suite.send],
        "learn": [lesson_record(lesson) for lesson in suite.learn],
    }
    body = ",\n".join(_list(name, records) for name, records in lists.items())
    return {NAME: "\n".join(["{", *lines, body, "}"]) + "\n"}


def _list(name: str, records: list[Json]) -> str:
    rows = ",\n".join(f"  {json.dumps(record)}" for record in records)
    return f' "{name}": [\n{rows}\n ]' if records else f' "{name}": []'


def names(features: frozenset[Feature]) -> list[str]:
    """Features by name, in the order of their table."""
    return [feature.value.name for feature in Feature if feature in features]


def _hex(octets: tuple[bytes, ...]) -> list[str]:
    return [each.hex() for each in octets]


def _of_link(link: Link) -> Json:
    return {"ll_src": link.source.hex(), "ll_dst": link.destination.hex()}


def _of_contexts(contexts: tuple[Context, ...]) -> list[Json]:
    return [{"cid": each.identifier, "prefix": each.prefix.hex(), "len": each.length} for each in contexts]


def receive_record(vector: Receive) -> Json:
    """A vector of the receiving direction."""
    case, expected = vector.case, vector.expected
    return {
        "id": case.name,
        "about": case.about,
        "section": case.section,
        **_of_link(case.link),
        "contexts": _of_contexts(case.contexts),
        "features": names(case.features),
        "growth": case.growth,
        "disputed": case.disputed,
        "frames": _hex(case.frames),
        "packets": _hex(expected.packets),
        "reason": expected.reason.value if expected.reason else None,
        "offset": expected.offset,
        "answer": expected.answer.value,
        "error": expected.error.hex() or None,
        "error_frame": expected.error_frame.hex() or None,
        "covers": list(case.covers),
    }


def send_record(vector: Send) -> Json:
    """A vector of the sending direction."""
    return {
        "id": vector.name,
        "about": vector.about,
        "section": vector.section,
        **_of_link(vector.link),
        "contexts": _of_contexts(vector.contexts),
        "packet": vector.packet.hex(),
        "frames": _hex(vector.frames),
        "features": names(vector.features),
        "growth": vector.growth,
        "reason": vector.reason.value if vector.reason else None,
        "covers": list(vector.covers),
    }


def lesson_record(lesson: Lesson) -> Json:
    """A vector about discovery."""
    return {
        "id": lesson.name,
        "about": lesson.about,
        "section": lesson.section,
        **_of_link(lesson.link),
        "packet": lesson.packet.hex(),
        "needs": lesson.needs,
        "level": lesson.level,
    }
