"""MAC frames that carry no 6LoWPAN, and frames that could not be opened, in one line."""

from collections.abc import Callable
from typing import Any

from p6lowpan.analysis.presentation.names import short_link
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.ieee802154.beacon import Beacon
from p6lowpan.wire.ieee802154.command import (
    ASSOCIATION_STATUS,
    AssociationRequest,
    AssociationResponse,
    Command,
    CommandId,
    CoordinatorRealignment,
    DisassociationNotification,
)
from p6lowpan.wire.ieee802154.decoding import AnyFrame, decode_content
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame

Words = Callable[[Any], str]  # Any: the header class of the row

KINDS = {
    FrameType.BEACON: "BEACON",
    FrameType.DATA: "DATA",
    FrameType.ACKNOWLEDGEMENT: "ACK",
    FrameType.MAC_COMMAND: "CMD",
    FrameType.MULTIPURPOSE: "MULTI",
    FrameType.FRAGMENT: "FRAK",
    FrameType.EXTENDED: "EXT",
}


WITH_CONTENT = (FrameType.BEACON, FrameType.MAC_COMMAND)


def kind_of(frame: AnyFrame) -> str:
    """What a frame is, in a word of at most six letters."""
    return KINDS.get(FrameType(frame.frame_type), "MAC")


def frame_words(frame: AnyFrame) -> str:
    """What a frame says that carries no 6LoWPAN payload."""
    if isinstance(frame, Frame) and frame.frame_type in WITH_CONTENT:
        try:
            content = decode_content(frame)
        except Malformed as error:
            return f"malformed: {error}"
        if content is not None:
            return content_words(content)
    pieces = []
    if isinstance(frame, Frame | MultipurposeFrame):
        if frame.sequence_number is not None:
            pieces.append(f"seq {frame.sequence_number}")
        if frame.frame_pending:
            pieces.append("data pending")
        if frame.is_encrypted:
            pieces.append("encrypted")
        elif frame.payload:
            pieces.append(f"{len(frame.payload)} octets")
    return ", ".join(pieces)


# --- beacons and commands --------------------------------------------------------------------------------------------


def _beacon(beacon: Beacon) -> str:
    said = ["PAN coordinator" if beacon.pan_coordinator else "coordinator"]
    if beacon.association_permit:
        said.append("association permitted")
    if beacon.beacon_payload:
        said.append(f"payload {beacon.beacon_payload.hex()}")
    return ", ".join(said)


def _association_response(command: AssociationResponse) -> str:
    status = ASSOCIATION_STATUS.get(command.status, f"status {command.status:#04x}")
    return f"association response: {status}, address {short_link(command.short_address)}"


CONTENT_WORDS: dict[type[Header], Words] = {
    Beacon: _beacon,
    AssociationRequest: lambda command: (
        f"association request{', wants a short address' if command.allocate_address else ''}"
    ),
    AssociationResponse: _association_response,
    DisassociationNotification: lambda command: f"disassociation, reason {command.reason}",
    CoordinatorRealignment: lambda command: (
        f"coordinator realignment to PAN {command.pan:#06x} channel {command.channel}"
    ),
    Command: lambda command: command_name(command.command_id),
}


def content_words(content: Header) -> str:
    """What a beacon or a MAC command says."""
    words = CONTENT_WORDS.get(type(content))
    return content.LAYER.replace("-", " ") if words is None else words(content)


def command_name(identifier: int) -> str:
    """The name of a MAC command."""
    try:
        return CommandId(identifier).name.lower().replace("_", " ")
    except ValueError:
        return f"command {identifier:#04x}"


# --- what went wrong -------------------------------------------------------------------------------------------------


def _level_and_index(frame: AnyFrame | None) -> str:
    security = getattr(frame, "security", None)
    if security is None:
        return ""
    index = f", key index {security.key_index}" if security.key_index is not None else ""
    return f" (security level {security.level}{index})"


def _source(frame: AnyFrame | None) -> str:
    return short_link(getattr(frame, "source", b""))


def _no_key_fits(frame: AnyFrame | None, _error: Malformed) -> str:
    said = f"secured{_level_and_index(frame)}, and no given key opens it"
    return f"{said} (or {_source(frame)} has another EUI-64)" if len(getattr(frame, "source", b"")) == 2 else said


SECURITY_WORDS: dict[Reason, Callable[[AnyFrame | None, Malformed], str]] = {
    Reason.NO_KEY: lambda frame, _: f"secured{_level_and_index(frame)}, and no key is given for it",
    Reason.BAD_INTEGRITY_CODE: _no_key_fits,
    Reason.NO_EXTENDED_ADDRESS: lambda frame, _: (
        f"secured{_level_and_index(frame)}, the EUI-64 of {_source(frame)} is not known: give it with --address"
    ),
    Reason.BAD_CHECKSUM: lambda _, __: "the frame check sequence is wrong (--ignore-fcs reads on)",
}


def error_words(error: Malformed, frame: AnyFrame | None) -> str:
    """Why a frame was not understood, for whoever looks at its line."""
    if error.reason is Reason.NO_CONTEXT:
        return f"{error.detail}; none was announced: give it with --context"
    words = SECURITY_WORDS.get(error.reason) if error.layer.startswith("ieee802154") else None
    return str(error) if words is None else words(frame, error)
