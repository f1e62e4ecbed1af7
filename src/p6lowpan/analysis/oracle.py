"""The oracle: one JSON request in, one JSON answer out, without state between them.

A form in which any implementation can be asked what it makes of frames (``decode``) or packets (``encode``). See
``docs/oracle.md`` for the fields. Nothing that a request holds ends the program: what cannot be answered is answered
with ``errors``.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from p6lowpan.analysis import oracle_requests as requests
from p6lowpan.analysis.oracle_requests import MTU, Json
from p6lowpan.capability import named
from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation import class_unsupported
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.wire.address import Link, link_local

TAG = 1


def answers(lines: Iterable[str]) -> Iterator[str]:
    """One line of JSON for every line that is not empty, in order."""
    for line in lines:
        if line.strip():
            yield json.dumps(answer(line))


def answer(line: str) -> Json:
    """The answer to one request; never raises because of it."""
    return answered(line, OPERATIONS)


def answered(line: str, operations: Mapping[str, Callable[[Json], Json]]) -> Json:
    """The answer of one of ``operations``; what they raise as :class:`UsageError` becomes an error in the answer."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:  # RecursionError: thousands of brackets
        return _refused({}, "json", str(error))
    if not isinstance(request, dict):
        return _refused({}, "json", "a request is an object")
    try:
        operation = requests.text(request, "op")
        if operation not in operations:
            raise UsageError(f"'op' must be one of {', '.join(operations)}, is {operation!r}")
        return operations[operation](request)
    except UsageError as error:
        return _refused(request, "request", str(error))


def _refused(request: Json, layer: str, detail: str) -> Json:
    return {"id": request.get("id"), "errors": [_error(layer, 0, Reason.BAD_REQUEST, detail)]}


def _error(layer: str, offset: int, reason: Reason, detail: str) -> Json:
    return {"layer": layer, "offset": offset, "reason": reason.value, "detail": detail}


def _of_malformed(error: Malformed) -> Json:
    return _error(error.layer, error.offset, error.reason, error.detail)


def _profile(request: Json) -> Profile:
    return named.by_name(requests.text(request, "profile", "rfc6282"))


# --- operations ------------------------------------------------------------------------------------------------------


def decode(request: Json) -> Json:
    """Frames in order of arrival to the packets that a node of the profile hands up."""
    profile, link, contexts = _profile(request), requests.link(request), requests.contexts(request)
    receiver = Receiver(profile)
    all_received = [receiver.receive(now, frame, link, contexts) for now, frame in enumerate(requests.frames(request))]
    errors = [error for received in all_received for error in _errors(received, profile)]
    return {
        "id": request.get("id"),
        "packets": [packet.octets.hex() for received in all_received for packet in received.packets],
        **_used(
            frozenset().union(*(received.features for received in all_received)),
            max((received.growth for received in all_received), default=0),
        ),
        "errors": [*errors, *map(_of_drop, receiver.give_up())],
        "replies": [reply for received in all_received for reply in _replies(received, profile, link)],
    }


def _used(features: frozenset[Feature], growth: int) -> Json:
    return {
        "features": sorted(feature.value.name for feature in features),
        "level": profiles.takes(features, growth),
        "growth": growth,
    }


def _errors(received: Received, profile: Profile) -> Iterator[Json]:
    if received.error is not None:
        yield _of_malformed(received.error)
    if received.datagram is not None and received.datagram.routed is not None:
        unknown = received.datagram.routed.unknown
        if unknown is not None:
            yield _of_malformed(unknown)
    if received.unsupported:
        names = ", ".join(sorted(feature.value.name for feature in received.unsupported))
        yield _error("6lowpan", 0, Reason.FEATURE_ABOVE_PROFILE, f"{profile.name} does not take {names}")
    for outcome in received.outcomes:
        if isinstance(outcome, DatagramDropped):
            yield _of_drop(outcome)


def _of_drop(drop: DatagramDropped) -> Json:
    return _error(drop.where, 0, drop.reason, drop.detail)


def _replies(received: Received, profile: Profile, link: Link) -> Iterator[str]:
    """The class-unsupported error, where the profile is one of P6LoWPAN and the frame may be answered."""
    if profile.level is None and profile.flex is None:
        return
    destination = class_unsupported.previous_hop(received, link)
    if destination is None or not class_unsupported.may_answer(received, link):
        return
    back = Link(link.destination, link.source)
    packet = class_unsupported.error_packet(profile, link_local(back.source), destination)
    for frame in send(packet, back, {}, class_unsupported.sent_under(profile), MTU, TAG).frames:
        yield frame.hex()


def encode(request: Json) -> Json:
    """A packet to the frames that a sender gives a receiver of the profile."""
    profile, link, contexts = _profile(request), requests.link(request), requests.contexts(request)
    packet, mtu = requests.packet(request), requests.mtu(request)
    try:
        sent = send(packet, link, contexts, named.toward(profile), mtu, TAG)
    except Malformed as error:
        return {"id": request.get("id"), "frames": [], "errors": [_of_malformed(error)]}
    except UsageError as error:
        refused = _error("ipv6", 0, Reason.BAD_REQUEST, str(error))
        return {"id": request.get("id"), "frames": [], "errors": [refused]}
    frames = [frame.hex() for frame in sent.frames]
    return {"id": request.get("id"), "frames": frames, **_used(sent.features, sent.growth)}


OPERATIONS = {"decode": decode, "encode": encode}
