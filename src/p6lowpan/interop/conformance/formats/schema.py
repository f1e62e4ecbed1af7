"""The JSON Schema (draft 2020-12) of the document that :mod:`.json_document` writes."""

from typing import Any

from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance.expectation import Answer
from p6lowpan.interop.conformance.formats.json_document import FORMAT

Json = dict[str, Any]  # JSON has no narrower type

TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
LEVEL: Json = {"type": ["integer", "null"], "minimum": 0, "maximum": 6}
HEX: Json = {"type": "string", "pattern": "^([0-9a-f]{2})*$"}
OCTETS = {"type": "array", "items": HEX}
FEATURES = {"type": "array", "items": {"enum": [feature.value.name for feature in Feature]}}
REASON = {"enum": [None, *(reason.value for reason in Reason)]}
LINK_ADDRESS = {
    "type": "string",
    "pattern": "^([0-9a-f]{16}|[0-9a-f]{4})?$",
    "description": "an EUI-64 as printed, a short address, or nothing; ffff is the broadcast address",
}


def _object(described: dict[str, tuple[Json, str]]) -> Json:
    properties = {name: {**kind, "description": about} for name, (kind, about) in described.items()}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


CONTEXT = _object(
    {
        "cid": ({"type": "integer", "minimum": 0, "maximum": 15}, "the context's identifier"),
        "prefix": ({"type": "string", "pattern": "^[0-9a-f]{32}$"}, "16 octets, zeros behind the prefix"),
        "len": ({"type": "integer", "minimum": 0, "maximum": 128}, "bits of the prefix"),
    }
)
ANY: dict[str, tuple[Json, str]] = {
    "id": ({"type": "string", "pattern": "^[a-z0-9/-]+$"}, "stable and unique; the parts before a slash form groups"),
    "about": (TEXT, "what the vector tries, in words"),
    "section": (TEXT, "where it is specified"),
    "ll_src": (LINK_ADDRESS, "link-layer address of who sends the frames"),
    "ll_dst": (LINK_ADDRESS, "link-layer address of who receives them"),
}
CONTEXTS = ({"type": "array", "items": CONTEXT}, "compression contexts that both ends have")
COVERS = ({"type": "array", "items": TEXT}, "published test cases that the vector stands for")

RECEIVE = _object(
    ANY
    | {
        "contexts": CONTEXTS,
        "features": (FEATURES, "what the frames ask of their receiver"),
        "growth": (COUNT, "octets that the headers gain in decompression"),
        "disputed": ({"type": "boolean"}, "stacks read the RFC in two ways; the packet is the reading of p6lowpan"),
        "frames": (OCTETS, "6LoWPAN payloads in order of arrival, without MAC header and frame check sequence"),
        "packets": (OCTETS, "the IPv6 packets that must be handed up, and no others"),
        "reason": (REASON, "why a packet is not handed up; binding only as far as a stack names reasons"),
        "offset": ({"type": ["integer", "null"]}, "the octet of the frame at which the fault shows; null: not claimed"),
        "answer": ({"enum": [answer.value for answer in Answer]}, "whether the class-unsupported error goes back"),
        "error": ({**HEX, "type": ["string", "null"]}, "the IPv6 packet of that error"),
        "error_frame": ({**HEX, "type": ["string", "null"]}, "the octets in which it is sent"),
        "covers": COVERS,
    }
)
SEND = _object(
    ANY
    | {
        "contexts": CONTEXTS,
        "packet": (HEX, "the IPv6 packet to send"),
        "frames": (OCTETS, "one right answer of many: see docs/conformance.md"),
        "features": (FEATURES, "what these frames ask of their receiver"),
        "growth": (COUNT, "octets that their headers gain"),
        "reason": (REASON, "why the packet must be refused; null: it must be sent"),
        "covers": COVERS,
    }
)
LEARN = _object(
    ANY
    | {
        "packet": (HEX, "an IPv6 packet from the neighbour ll_src"),
        "needs": (LEVEL, "what was last sent to that neighbour used a feature of this level; null: does not matter"),
        "level": (LEVEL, "the level that the receiver learns of that neighbour; null: nothing"),
    }
)


def schema() -> Json:
    """The schema of the whole document."""
    document = _object(
        {
            "format": ({"const": FORMAT}, "the version of this schema"),
            "level": ({"type": "string", "pattern": "^([0-6]|rfc6282|flex:[0-9a-f]{8})$"}, "whose vectors these are"),
            "features": (FEATURES, "all that frames to such a node may use"),
            "header_growth_octets": (COUNT, "the most that the headers of a frame to it may gain"),
            "datagram_octets": (COUNT, "the largest packet that it takes"),
            "frame_octets": (COUNT, "the longest frame of the sending direction, in octets of 6LoWPAN"),
            "receive": ({"type": "array", "items": RECEIVE}, "frames to give to the stack, and what comes of them"),
            "send": ({"type": "array", "items": SEND}, "packets to give to the stack, and frames for them"),
            "learn": ({"type": "array", "items": LEARN}, "messages from which a level is learned, or is not"),
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "6LoWPAN conformance vectors",
        **document,
    }
