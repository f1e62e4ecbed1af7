"""Securing frames and taking the security off again (IEEE 802.15.4-2015 section 9.3, 2006 section 7.5.8.2).

``secure`` puts an auxiliary security header and an integrity code on an unsecured frame; ``unsecure`` checks and
decrypts a secured one and returns the frame as it would have been sent without security, its payload elements decoded.

What the integrity code covers: the whole MAC header, security header and header elements included, and the open
payload; the private payload is encrypted or, at levels 1 to 3, covered. Open are, before frame version 2, the fields
of a beacon in front of its beacon payload and the identifier of a MAC command; in version 2 all that stands behind the
header elements is private. Frames of version 0 are secured by suites of 2003, unnamed in the frame: not supported.

Which key it is, and which EUI-64 a short source belongs to, is for the caller to know; so is keeping frame counters.
"""

from typing import TypeVar

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.ieee802154 import ccm_star
from p6lowpan.wire.ieee802154.beacon import Beacon
from p6lowpan.wire.ieee802154.frame import Frame, FrameType, FrameVersion
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame
from p6lowpan.wire.ieee802154.security_header import MIC_OCTETS, SECURITY_HEADERS, SecurityHeader, encrypts

LAYER = "ieee802154-security"

F = TypeVar("F", Frame, MultipurposeFrame)

EXTENDED_OCTETS = 8
ASN_OCTETS = 5
COMPANY_OF_802_15 = bytes.fromhex("ba55ec")
"""The company identifier under which IEEE 802.15 forms an extended address from a short one."""


def nonce(extended_source: bytes, frame_counter: int, level: int) -> bytes:
    """The CCM* nonce (section 9.3.2.1): the sender's EUI-64, the frame counter, the security level."""
    if len(extended_source) != EXTENDED_OCTETS:
        raise UsageError(f"an EUI-64 has {EXTENDED_OCTETS} octets, not {len(extended_source)}")
    return extended_source + frame_counter.to_bytes(4, "big") + bytes((level,))


def tsch_nonce(source: bytes, absolute_slot_number: int) -> bytes:
    """The CCM* nonce in TSCH mode (section 9.3.2.2): the sender's address in 8 octets, the absolute slot number."""
    if len(source) != EXTENDED_OCTETS:
        raise UsageError(f"a nonce takes an address of {EXTENDED_OCTETS} octets, not {len(source)}")
    if not 0 <= absolute_slot_number < 1 << 8 * ASN_OCTETS:
        raise UsageError(f"an absolute slot number has 40 bits, {absolute_slot_number} does not")
    return source + absolute_slot_number.to_bytes(ASN_OCTETS, "big")


def tsch_source(pan: int, short_address: bytes) -> bytes:
    """The 8 octets that stand in the nonce of TSCH mode for a sender with a short address (section 9.3.2.2)."""
    return COMPANY_OF_802_15 + b"\0" + pan.to_bytes(2, "big") + short_address


def secure(
    frame: F, security: SecurityHeader, key: bytes, extended_source: bytes, absolute_slot_number: int | None = None
) -> F:
    """The frame with ``security`` applied.

    ``extended_source`` is the sender's EUI-64 (or what stands for it, see :func:`tsch_source`);
    ``absolute_slot_number`` is needed where the security header says that it is in the nonce. Raises
    :class:`UsageError` for a frame that has security already, or none of this kind.
    """
    if frame.security_enabled:
        raise UsageError("the frame is secured already")
    if not isinstance(security, _security_header(frame)):
        raise UsageError(f"{type(security).__name__} does not go with frame version {frame.frame_version}")
    missing = _missing(security, absolute_slot_number)
    if missing:
        raise UsageError(missing)
    header, body = _split(frame, frame.encode())
    header = _with_security(frame, header, security.encode())
    number = _nonce(security, extended_source, absolute_slot_number)
    opened = _open_octets(frame)
    if encrypts(security.level):
        covered, private = header + body[:opened], body[opened:]
        hidden, code = ccm_star.seal(key, number, covered, private, MIC_OCTETS[security.level])
        return type(frame).decode_all(covered + hidden + code)
    code = b""
    if MIC_OCTETS[security.level]:
        _, code = ccm_star.seal(key, number, header + body, b"", MIC_OCTETS[security.level])
    return type(frame).decode_all(header + body + code)


def unsecure(frame: F, key: bytes, extended_source: bytes, absolute_slot_number: int | None = None) -> F:
    """The frame without its security, checked and decrypted. The other parameters are those of :func:`secure`.

    Raises :class:`Malformed` with BAD_INTEGRITY_CODE where the code is wrong (or the key, or the EUI-64), with
    UNSUPPORTED for a frame of version 0 or a nonce that cannot be formed, and for whatever is wrong with the payload
    elements that come to light.
    """
    security = frame.security
    if security is None:
        if not frame.security_enabled:
            raise UsageError("the frame is not secured")
        raise Malformed(LAYER, 0, Reason.UNSUPPORTED, "a security suite of 2003, which the frame does not name")
    missing = _missing(security, absolute_slot_number)
    if missing:
        raise Malformed(LAYER, 0, Reason.UNSUPPORTED, missing)
    header, body = _split(frame, frame.encode())
    number = _nonce(security, extended_source, absolute_slot_number)
    opened = _open_octets(frame)
    if encrypts(security.level):
        private = ccm_star.unseal(key, number, header + body[:opened], body[opened:], frame.mic)
        plain = None if private is None else body[:opened] + private
    elif frame.mic:
        plain = None if ccm_star.unseal(key, number, header + body, b"", frame.mic) is None else body
    else:
        plain = body
    if plain is None:
        raise Malformed(LAYER, len(header) + len(body), Reason.BAD_INTEGRITY_CODE, f"{len(frame.mic)} octets")
    return type(frame).decode_all(_without_security(frame, header, security.encode()) + plain)


def _security_header(frame: Frame | MultipurposeFrame) -> type[Header]:
    version = FrameVersion.IEEE_802_15_4_2015 if isinstance(frame, MultipurposeFrame) else frame.frame_version
    kind = SECURITY_HEADERS[version]
    if kind is None:
        raise UsageError("frames of version 0 have no auxiliary security header")
    return kind


def _missing(security: SecurityHeader, absolute_slot_number: int | None) -> str:
    if security.asn_in_nonce:
        return "the nonce needs the absolute slot number" if absolute_slot_number is None else ""
    return "neither frame counter nor absolute slot number in the nonce" if security.frame_counter is None else ""


def _nonce(security: SecurityHeader, source: bytes, absolute_slot_number: int | None) -> bytes:
    if security.asn_in_nonce:
        return tsch_nonce(source, absolute_slot_number or 0)
    return nonce(source, security.frame_counter or 0, security.level)


def _split(frame: Frame | MultipurposeFrame, octets: bytes) -> tuple[bytes, bytes]:
    """MAC header, and MAC payload without integrity code."""
    elements = sum(len(element.encode()) for element in frame.payload_elements or ())
    end = len(octets) - len(frame.mic)
    start = end - len(frame.payload) - elements
    return octets[:start], octets[start:end]


def _open_octets(frame: Frame | MultipurposeFrame) -> int:
    """How many octets of the MAC payload stay open."""
    if isinstance(frame, MultipurposeFrame) or frame.frame_version == FrameVersion.IEEE_802_15_4_2015:
        return 0
    if frame.frame_type == FrameType.BEACON:
        return len(frame.payload) - len(Beacon.decode_all(frame.payload).beacon_payload)
    return min(1, len(frame.payload)) if frame.frame_type == FrameType.MAC_COMMAND else 0


def _flip_enabled(frame: Frame | MultipurposeFrame, header: bytes) -> bytes:
    bit = 1 << 9 if isinstance(frame, MultipurposeFrame) else 1 << 3
    return (int.from_bytes(header[:2], "little") ^ bit).to_bytes(2, "little") + header[2:]


def _elements_octets(frame: Frame | MultipurposeFrame) -> int:
    return sum(len(element.encode()) for element in frame.header_elements or ())


def _with_security(frame: Frame | MultipurposeFrame, header: bytes, security: bytes) -> bytes:
    place = len(header) - _elements_octets(frame)
    return _flip_enabled(frame, header[:place] + security + header[place:])


def _without_security(frame: Frame | MultipurposeFrame, header: bytes, security: bytes) -> bytes:
    place = len(header) - _elements_octets(frame)
    return _flip_enabled(frame, header[: place - len(security)] + header[place:])
