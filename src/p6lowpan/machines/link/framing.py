"""The frames that a node makes: data frames, and the acknowledgement of a frame that asked for one."""

from functools import cache

from p6lowpan.capability.limits import Limits
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.wire.address import BROADCAST, LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame, FrameType, FrameVersion

FRAME_CHECK_OCTETS = 2
NUMBER_AT = 2  # behind the frame control field, as no frame of ours suppresses its number (IEEE 802.15.4-2015 7.2.1)


def data_frame(
    configuration: MacConfiguration,
    source: LinkAddress,
    destination: LinkAddress,
    sequence_number: int,
    payload: bytes,
) -> Frame:
    """An unsecured data frame within our PAN. It asks for an acknowledgement unless it is for everybody."""
    return Frame(
        frame_type=FrameType.DATA,
        frame_version=configuration.frame_version,
        acknowledgement_request=int(destination != BROADCAST),
        sequence_number=sequence_number,
        destination_pan=configuration.pan,
        destination=destination,
        source=source,
        payload=payload,
    )


class HeaderTemplates:
    """The octets of unsecured data frames: the header is made once for two addresses, and only its sequence number is
    another each time. As many are held as there may be neighbors of whom something is known."""

    def __init__(self, configuration: MacConfiguration, limits: Limits) -> None:
        self._configuration = configuration
        self._headers: BoundedTable[tuple[LinkAddress, LinkAddress], bytes] = BoundedTable(limits.discovery_neighbors)

    def octets(self, source: LinkAddress, destination: LinkAddress, sequence_number: int, payload: bytes) -> bytes:
        """What :func:`data_frame` encodes to."""
        header = self._headers.get((source, destination))
        if header is None:
            header = data_frame(self._configuration, source, destination, 0, b"").encode()
            self._headers.put((source, destination), header)
        return header[:NUMBER_AT] + bytes((sequence_number,)) + header[NUMBER_AT + 1 :] + payload


@cache
def _immediate_acknowledgement(sequence_number: int) -> bytes:
    """An Imm-Ack is nothing but its number, of which there are 256."""
    return Frame(
        frame_type=FrameType.ACKNOWLEDGEMENT,
        frame_version=FrameVersion.IEEE_802_15_4_2003,
        sequence_number=sequence_number,
    ).encode()


def acknowledgement_of(frame: Frame) -> bytes:
    """The acknowledgement that a frame asks for (IEEE 802.15.4-2015 section 7.3.3): an Imm-Ack, or an Enh-Ack for a
    frame of version 2, which names whom it is for. Frame pending is never set: we hold no frames back.
    """
    if frame.frame_version != FrameVersion.IEEE_802_15_4_2015:
        return _immediate_acknowledgement(frame.sequence_number or 0)
    return Frame(
        frame_type=FrameType.ACKNOWLEDGEMENT,
        frame_version=FrameVersion.IEEE_802_15_4_2015,
        sequence_number=frame.sequence_number,
        destination_pan=frame.pan_of_source if frame.source else None,
        destination=frame.source,
    ).encode()


def asks_for_acknowledgement(frame: Frame) -> bool:
    """Whether a frame that is for us must be answered, and can be: not what is for everybody, nor without a number.

    Of a secured frame of version 2 the acknowledgement would have to be secured, too; that is not done, and the frame
    is not answered.
    """
    if not frame.acknowledgement_request or frame.sequence_number is None or frame.destination == BROADCAST:
        return False
    return frame.frame_version != FrameVersion.IEEE_802_15_4_2015 or not frame.security_enabled
