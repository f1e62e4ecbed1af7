"""From octets to a frame of any type, and from a readable frame to what its MAC payload says."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.ieee802154.beacon import Beacon
from p6lowpan.wire.ieee802154.command import COMMANDS
from p6lowpan.wire.ieee802154.frame import LAST_GENERAL_TYPE, Frame, FrameType, FrameVersion
from p6lowpan.wire.ieee802154.frame_check import split_frame_check
from p6lowpan.wire.ieee802154.other_frames import ExtendedFrame, FragmentFrame, MultipurposeFrame

AnyFrame = Frame | MultipurposeFrame | FragmentFrame | ExtendedFrame

OTHERS: dict[int, type[MultipurposeFrame] | type[FragmentFrame] | type[ExtendedFrame]] = {
    FrameType.MULTIPURPOSE: MultipurposeFrame,
    FrameType.FRAGMENT: FragmentFrame,
    FrameType.EXTENDED: ExtendedFrame,
}


def decode_frame(octets: bytes, fcs_octets: int = 2) -> tuple[AnyFrame, bytes]:
    """A frame of any type and its frame check sequence, unchecked (``fcs_octets`` of it: 2, 4, or 0 for none).

    Raises :class:`Malformed`; frame type 4 is reserved.
    """
    body, sequence = split_frame_check(octets, fcs_octets)
    frame_type = body[0] & 7 if body else 0
    if frame_type <= LAST_GENERAL_TYPE:
        return Frame.decode(body)[0], sequence
    if frame_type not in OTHERS:
        raise Malformed(Frame.LAYER, 0, Reason.RESERVED, f"frame type {frame_type} is reserved")
    return OTHERS[frame_type].decode(body)[0], sequence


def decode_content(frame: Frame) -> Header | None:
    """The beacon or the MAC command that a frame carries; ``None`` where it carries neither, or hides it.

    Of an encrypted beacon of version 1 the fields that stay open are decoded, and ``beacon_payload`` is as sent.
    """
    before_2015 = frame.frame_version != FrameVersion.IEEE_802_15_4_2015
    if frame.frame_type == FrameType.BEACON and before_2015 and (frame.security or not frame.security_enabled):
        return Beacon.decode_all(frame.payload)
    if frame.frame_type == FrameType.MAC_COMMAND and not frame.is_encrypted:
        command, rest = COMMANDS.decode(frame.payload)
        if rest:
            start = len(frame.payload) - len(rest)
            raise Malformed(command.LAYER, start, Reason.TRAILING, f"{len(rest)} octets left over")
        return command
    return None
