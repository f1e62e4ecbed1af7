"""Thread's keys, against traffic that OpenThread secured with them."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ieee802154 import ccm_star
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import nonce, secure, unsecure
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006
from p6lowpan.wire.ieee802154.thread import (
    WELL_KNOWN_EXTENDED_SOURCE,
    WELL_KNOWN_KEY,
    WELL_KNOWN_KEY_INDEX,
    WELL_KNOWN_KEY_SOURCE,
    key_index,
    thread_keys,
)

NETWORK_KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
KEYS = thread_keys(NETWORK_KEY, 0)


def test_the_mac_key_opens_every_secured_frame_of_openthread(thread_capture, thread_sources):
    secured = 0
    for octets in thread_capture:
        frame, _ = decode_frame(octets)
        if frame.security is None:
            continue
        secured += 1
        assert frame.security.key_index == KEYS.key_index
        source = thread_sources(frame.source)
        plain = unsecure(frame, KEYS.mac, source)
        assert (plain.source, plain.destination) == (frame.source, frame.destination)
        assert (plain.security, plain.security_enabled, plain.mic) == (None, 0, b"")
        assert secure(plain, frame.security, KEYS.mac, source) == frame
    assert secured > 0


def test_tshark_decrypts_the_same_payloads(thread_capture, thread_sources, seen_by_tshark):
    secured = [frame for frame, _ in map(decode_frame, thread_capture) if frame.security][:40]
    plain = [unsecure(frame, KEYS.mac, thread_sources(frame.source)) for frame in secured]
    key = f'uat:ieee802154_keys:"{NETWORK_KEY.hex()}","0","Thread hash"'
    addresses = [
        f'uat:802154_addresses:"{short}","abcd",020000000000000{number}'
        for number, short in ((1, "9c00"), (2, "bc00"), (3, "cc00"), (2, "9c01"), (3, "bc01"))
    ]
    secured_seen = seen_by_tshark([frame.encode() for frame in secured], ["6lowpan.pattern"], key, *addresses)
    plain_seen = seen_by_tshark([frame.encode() for frame in plain], ["6lowpan.pattern"])
    assert secured_seen == plain_seen
    assert any(seen.get("6lowpan.pattern") for seen in secured_seen)


def test_the_mle_key_opens_a_parent_request():
    # First frame of openthread-form.pcap: MLE from fe80::1 to ff02::2, of which tshark 4.0.17 shows the plain text.
    message = bytes.fromhex("1500000000000000 00010fad5541b441 879a2bd640620400 4c8b766fa36bf620 feaf77")
    header, sealed = AuxiliarySecurityHeader2006.decode(message)
    assert (header.level, header.frame_counter, header.key_source, header.key_index) == (5, 0, bytes(4), 1)
    covered = bytes.fromhex("fe800000000000000000000000000001ff020000000000000000000000000002") + header.encode()
    number = nonce(bytes.fromhex("0200000000000001"), header.frame_counter, header.level)
    assert ccm_star.unseal(KEYS.mle, number, covered, sealed[:-4], sealed[-4:]) == bytes.fromhex(
        "0901010f0308379f21f578389b780e018012020005"
    )


def test_a_frame_that_everyone_may_read_takes_the_well_known_source():
    frame = Frame(sequence_number=1, destination=b"\xff\xff", destination_pan=0xABCD, source=b"\0\1", payload=b"open")
    header = AuxiliarySecurityHeader2006(
        level=5,
        key_identifier_mode=2,
        frame_counter=7,
        key_source=WELL_KNOWN_KEY_SOURCE,
        key_index=WELL_KNOWN_KEY_INDEX,
    )
    secured = secure(frame, header, WELL_KNOWN_KEY, WELL_KNOWN_EXTENDED_SOURCE)
    assert secured.payload != b"open"
    assert unsecure(secured, WELL_KNOWN_KEY, WELL_KNOWN_EXTENDED_SOURCE) == frame


def test_another_sequence_has_other_keys():
    keys = [thread_keys(NETWORK_KEY, sequence) for sequence in (0, 1, 128)]
    assert len({key.mac for key in keys} | {key.mle for key in keys}) == 6


def test_the_key_index_is_the_low_seven_bits_and_one():
    assert [key_index(sequence) for sequence in (0, 1, 126, 127, 128, 0xFFFFFFFF)] == [1, 2, 127, 128, 1, 128]


def test_what_is_no_key_or_no_sequence_is_refused():
    for network_key, sequence in ((NETWORK_KEY[1:], 0), (NETWORK_KEY, -1), (NETWORK_KEY, 1 << 32)):
        with pytest.raises(UsageError):
            thread_keys(network_key, sequence)
