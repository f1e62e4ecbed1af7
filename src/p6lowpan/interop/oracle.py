"""The oracle that also answers as a stack would: ``"profile": "riot"``.

A name from :data:`p6lowpan.interop.profiles.EVERY` is predicted, wrong packets included. ``"toward:riot"`` is our own
stack held to what surely gets through to that one; every other profile is :mod:`p6lowpan.analysis.oracle`'s.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from p6lowpan.analysis import oracle
from p6lowpan.analysis import oracle_requests as requests
from p6lowpan.analysis.oracle_requests import Json
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import hands_up, sends
from p6lowpan.interop.profiles import EVERY
from p6lowpan.interop.stack import Stack

TOWARD = "toward:"
RIGHT = "rfc6282"


def answers(lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for every line that is not empty, in order."""
    for line in lines:
        if line.strip():
            yield json.dumps(answer(line))


def answer(line: str) -> Json:
    """The answer to one request; never raises because of it."""
    return oracle.answered(line, OPERATIONS)


def _stack(request: Json) -> Stack | None:
    name = request.get("profile")
    return EVERY.get(name) if isinstance(name, str) else None


def _ours(request: Json) -> Json:
    name = request.get("profile")
    if isinstance(name, str) and name.startswith(TOWARD):
        return {**request, "profile": name.removeprefix(TOWARD)}
    return request


def _node(request: Json) -> Node:
    return Node(requests.link(request), requests.contexts(request), requests.pan(request))


def decode(request: Json) -> Json:
    """Frames to what the stack hands up."""
    stack = _stack(request)
    if stack is None:
        return oracle.decode(_ours(request))
    up = hands_up(stack, requests.frames(request), _node(request))
    errors = [_error(stack, "dropped", reason) for reason in up.dropped]
    return {
        "id": request.get("id"),
        "packets": [packet.hex() for packet in up.packets],
        **_asked(request, request["frames"]),
        "errors": errors + _crashed(stack, up.crash),
        "replies": [],
    }


def encode(request: Json) -> Json:
    """A packet to the frames that the stack sends."""
    stack = _stack(request)
    if stack is None:
        return oracle.encode(_ours(request))
    sent = sends(stack, requests.packet(request), _node(request), requests.mtu(request))
    errors = [] if sent.refused is None else [_error(stack, "refused", sent.refused)]
    frames = [frame.hex() for frame in sent.frames]
    asked = _asked(request, frames) if frames else {}
    return {"id": request.get("id"), "frames": frames, **asked, "errors": errors + _crashed(stack, sent.crash)}


def _asked(request: Json, frames: Sequence[object]) -> Json:
    """What frames ask of a receiver: that does not depend on who it is."""
    everything = oracle.decode({**request, "frames": frames, "profile": RIGHT})
    return {key: everything[key] for key in ("features", "level", "growth")}


def _error(stack: Stack, reason: str, detail: str) -> Json:
    return {"layer": stack.name, "offset": 0, "reason": reason, "detail": detail}


def _crashed(stack: Stack, how: str | None) -> list[Json]:
    return [] if how is None else [_error(stack, "crash", how)]


OPERATIONS = {"decode": decode, "encode": encode}
