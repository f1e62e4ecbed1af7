"""Mesh Link Establishment: messages as Thread nodes sent them, checked and decrypted."""

from ipaddress import IPv6Address

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154 import ccm_star
from p6lowpan.wire.ieee802154.security import nonce
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006
from p6lowpan.wire.ieee802154.thread import thread_keys
from p6lowpan.wire.thread.mle import (
    DATASET_TLVS,
    MESSAGES,
    TLVS,
    ActiveOperationalDataset,
    Command,
    DatasetTlv,
    MeshLocalPrefix,
    Message,
    NetworkData,
    SecuredMessage,
    SourceAddress,
    UnknownTlv,
    UnsecuredMessage,
    unsecure,
)
from p6lowpan.wire.thread.network_data import UnknownEntry

# Frame 7 of openthread-form.pcap: the payload of its UDP datagram, and what Wireshark decrypts of it.
SEALED = bytes.fromhex(
    "00150600000000000000013dffd96c860a1fe819ad2f0e420944668d49baa77ec1ba3eb0a18fc2a4ad9f9d88"
) + bytes.fromhex("6a8089d7")
PLAIN = bytes.fromhex("0800029c000b08795fb8bf40dad327160800000000000100000c0608040b0233c5")
SOURCE, DESTINATION = IPv6Address("fe80::1").packed, IPv6Address("ff02::1").packed
SENDER = bytes.fromhex("0200000000000001")
KEY = thread_keys(bytes.fromhex("00112233445566778899aabbccddeeff"), 0).mle


def secured() -> SecuredMessage:
    message, rest = MESSAGES.decode(SEALED)
    assert rest == b""
    assert isinstance(message, SecuredMessage)
    return message


def test_a_secured_message_is_taken_apart_and_put_together() -> None:
    message = secured()
    assert (message.security.level, message.security.key_identifier_mode) == (5, 2)
    assert (message.security.frame_counter, message.security.key_index) == (6, 1)
    assert message.integrity_code.hex() == "6a8089d7"
    assert message.encode() == SEALED


def test_the_key_of_the_network_opens_it() -> None:
    message = unsecure(secured(), KEY, SENDER, SOURCE, DESTINATION)
    assert message.encode() == PLAIN
    assert message.command == Command.DATA_RESPONSE
    assert [type(tlv) for tlv in message.tlvs] == [SourceAddress, UnknownTlv, UnknownTlv, NetworkData]
    address, *_, data = message.tlvs
    assert address == SourceAddress(address=b"\x9c\x00")
    assert data == NetworkData(entries=(UnknownEntry(entry_type=4, content=bytes.fromhex("0b0233c5")),))
    words = {span.name: span.meaning for span in message.layout()}
    assert words["command"] == "data response"


@pytest.mark.parametrize("wrong", ["key", "sender", "source", "destination"])
def test_everything_that_is_covered_must_be_right(wrong: str) -> None:
    given = {"key": KEY, "sender": SENDER, "source": SOURCE, "destination": DESTINATION}
    given[wrong] = given[wrong][:-1] + bytes((given[wrong][-1] ^ 1,))
    with pytest.raises(Malformed) as raised:
        unsecure(secured(), *given.values())
    assert raised.value.reason is Reason.BAD_INTEGRITY_CODE


@pytest.mark.parametrize("at", range(1, len(SEALED)))
def test_no_octet_can_be_changed(at: int) -> None:
    changed = SEALED[:at] + bytes((SEALED[at] ^ 0x10,)) + SEALED[at + 1 :]
    with pytest.raises(Malformed):
        unsecure(MESSAGES.decode(changed)[0], KEY, SENDER, SOURCE, DESTINATION)


def test_a_message_that_is_signed_alone_is_not_supported() -> None:
    security = AuxiliarySecurityHeader2006(level=1, key_identifier_mode=0, frame_counter=0)
    message = SecuredMessage(security=security, sealed=b"\x04", integrity_code=bytes(4))
    with pytest.raises(Malformed) as raised:
        unsecure(message, KEY, SENDER, SOURCE, DESTINATION)
    assert raised.value.reason is Reason.UNSUPPORTED


def test_what_comes_to_light_may_be_malformed() -> None:
    security = AuxiliarySecurityHeader2006(level=5, key_identifier_mode=0, frame_counter=7)
    covered = SOURCE + DESTINATION + security.encode()
    sealed, code = ccm_star.seal(KEY, nonce(SENDER, 7, 5), covered, b"\x04\x00\x03\x9c\x00", 4)
    message = SecuredMessage(security=security, sealed=sealed, integrity_code=code)
    with pytest.raises(Malformed) as raised:
        unsecure(message, KEY, SENDER, SOURCE, DESTINATION)
    assert raised.value.reason is Reason.BAD_LENGTH


def test_discovery_is_not_secured() -> None:
    octets = bytes.fromhex("ff101a0480020000")
    message, rest = MESSAGES.decode(octets)
    assert rest == b""
    tlv = UnknownTlv(type=26, content=bytes.fromhex("80020000"))
    assert message == UnsecuredMessage(message=Message(command=Command.DISCOVERY_REQUEST, tlvs=(tlv,)))
    assert message.encode() == octets


def test_the_mesh_local_prefix_is_in_the_dataset() -> None:
    dataset, rest = TLVS.decode(bytes.fromhex("180f 000300000f 0708fd000db800000000"))
    assert rest == b""
    channel = DatasetTlv(type=0, content=bytes.fromhex("00000f"))
    prefix = MeshLocalPrefix(prefix=bytes.fromhex("fd000db800000000"))
    assert dataset == ActiveOperationalDataset(tlvs=(channel, prefix))
    assert prefix.layout()[-1].meaning == "fd00:db8::/64"
    with pytest.raises(Malformed):
        DATASET_TLVS.decode(bytes.fromhex("0704fd000db8"))


@pytest.mark.parametrize("octets", [b"\x00\x01\x9c", b"\x01\xff" + bytes(300), b"\x0c\xff" + bytes(300)])
def test_tlvs_that_cannot_be_read_are_refused(octets: bytes) -> None:
    with pytest.raises(Malformed):
        TLVS.decode(octets)


def test_a_suite_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Malformed) as raised:
        MESSAGES.decode(b"\x01" + SEALED[1:])
    assert raised.value.reason is Reason.FIXED_VALUE
