"""What Thread's Mesh Link Establishment teaches."""

from ipaddress import IPv6Address

import pytest

from analysis.captured import NETWORK_KEY, Known, explained
from analysis.laboratory import ALICE, BOB, PAN, Laboratory, iphc, names, udp_packet, uncompressed
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.keyring import MOST_KEYS
from p6lowpan.analysis.keys import ThreadKey, parse_key
from p6lowpan.machines.adaptation.context_table import ContextAdded
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.ieee802154 import ccm_star
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import nonce, secure
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006
from p6lowpan.wire.ieee802154.thread import key_index, thread_keys
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.thread import mle
from p6lowpan.wire.thread.network_data import ContextEntry, PrefixEntry, UnknownEntry

KEY = ThreadKey(bytes.fromhex(NETWORK_KEY))
SOURCE, DESTINATION = "fe80::12:3456:78ab:cd01", "fe80::12:3456:78ab:cd02"
SHORT = LinkAddress(b"\x9c\x00")
PREFIX = parse_ipv6("2001:db8::")
FAR = udp_packet(b"far", "2001:db8::12:3456:78ab:cd01", "2001:db8::12:3456:78ab:cd02")


def establishment(*tlvs, sequence: int = 0, counter: int = 1, key: ThreadKey = KEY, mode: int = 2) -> bytes:
    """A packet of MLE from Alice."""
    message = mle.Message(command=mle.Command.DATA_RESPONSE, tlvs=tlvs)
    fields = {"key_source": sequence.to_bytes(4, "big")} if mode == 2 else {}
    index = key_index(sequence)
    security = AuxiliarySecurityHeader2006(
        level=5, key_identifier_mode=mode, frame_counter=counter, key_index=index, **fields
    )
    covered = IPv6Address(SOURCE).packed + IPv6Address(DESTINATION).packed + security.encode()
    keys = thread_keys(key.octets, sequence)
    sealed, code = ccm_star.seal(keys.mle, nonce(ALICE, counter, 5), covered, message.encode(), 4)
    octets = mle.SecuredMessage(security=security, sealed=sealed, integrity_code=code).encode()
    return udp_packet(octets, SOURCE, DESTINATION, source_port=mle.PORT, destination_port=mle.PORT)


def network_data(identifier: int, bits: int = 64, compress: int = 1) -> mle.NetworkData:
    context = ContextEntry(stable=1, compress=compress, context_identifier=identifier, context_length=bits)
    border_router = UnknownEntry(entry_type=2, content=bytes(4))
    prefix = PrefixEntry(stable=1, prefix_length=64, prefix=PREFIX[:8], entries=(border_router, context))
    return mle.NetworkData(entries=(UnknownEntry(entry_type=4), prefix))


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory(keys=(KEY,))


def hear(laboratory: Laboratory, packet: bytes) -> Explained:
    return laboratory.hear(uncompressed(packet), ALICE, BOB)


def test_a_context_of_the_network_data_serves_from_then_on(laboratory: Laboratory) -> None:
    compressed = iphc(FAR, 1, 1, (1, 1))
    assert laboratory.hear(compressed).error is not None
    heard = hear(laboratory, establishment(network_data(1)))
    assert heard.learned == (ContextAdded(Context(1, PREFIX, 64)),)
    assert heard.mle is not None
    assert heard.mle.command == mle.Command.DATA_RESPONSE
    assert [packet.octets for packet in laboratory.hear(compressed).packets] == [FAR]
    assert names(heard) == []


def test_the_flag_of_a_context_is_kept_and_nothing_more_is_made_of_it(laboratory: Laboratory) -> None:
    hear(laboratory, establishment(network_data(1, compress=0)))
    assert laboratory.explainer.pans[PAN].knowledge.contexts[1].compress is False


def test_a_context_longer_than_its_prefix_is_not_believed(laboratory: Laboratory) -> None:
    assert hear(laboratory, establishment(network_data(1, bits=65))).learned == ()


def test_the_mesh_local_prefix_is_context_0(laboratory: Laboratory) -> None:
    dataset = mle.ActiveOperationalDataset(tlvs=(mle.MeshLocalPrefix(prefix=PREFIX[:8]),))
    heard = hear(laboratory, establishment(dataset))
    assert heard.learned == (ContextAdded(Context(0, PREFIX, 64)),)


def test_the_short_address_of_the_sender_is_learned_with_its_eui_64(laboratory: Laboratory) -> None:
    hear(laboratory, establishment(mle.SourceAddress(address=SHORT)))
    assert laboratory.explainer.addresses.extended(PAN, SHORT) == ALICE


@pytest.mark.parametrize(
    "packet",
    [
        establishment(network_data(1), key=ThreadKey(bytes(16))),
        establishment(network_data(1), mode=1),
        establishment(network_data(1))[:-1] + b"\xff",
        udp_packet(b"\xff\x08", SOURCE, DESTINATION, source_port=mle.PORT, destination_port=mle.PORT),
        udp_packet(b"\x00", SOURCE, DESTINATION, source_port=mle.PORT, destination_port=mle.PORT),
        udp_packet(b"", SOURCE, DESTINATION, source_port=mle.PORT, destination_port=mle.PORT),
        udp_packet(b"\x00", "2001:db8::1", DESTINATION, source_port=mle.PORT, destination_port=mle.PORT),
    ],
    ids=["another key", "no key source", "wrong checksum", "not secured", "cut", "empty", "not link-local"],
)
def test_what_no_key_opens_is_not_believed(laboratory: Laboratory, packet: bytes) -> None:
    heard = hear(laboratory, packet)
    assert heard.mle is None
    assert heard.learned == ()


def test_without_a_network_key_messages_stay_closed() -> None:
    for keys in ((), (parse_key("0" * 32),)):
        assert hear(Laboratory(keys=keys), establishment(network_data(1))).mle is None


def sealed_frame(sequence: int, counter: int) -> Frame:
    plain = Frame(
        sequence_number=counter, destination_pan=PAN, destination=BOB, source=ALICE, payload=uncompressed(udp_packet())
    )
    security = AuxiliarySecurityHeader2006(
        level=5, key_identifier_mode=1, frame_counter=counter, key_index=key_index(sequence)
    )
    return secure(plain, security, thread_keys(KEY.octets, sequence).mac, ALICE)


def test_the_key_sequence_of_the_network_opens_its_frames(laboratory: Laboratory) -> None:
    assert names(laboratory.hear_frame(sealed_frame(300, 1))) == ["bad-integrity-code"]
    assert hear(laboratory, establishment(sequence=300)).mle is not None
    assert laboratory.hear_frame(sealed_frame(300, 2)).packets
    assert laboratory.hear_frame(sealed_frame(0, 3)).packets


def test_as_many_sequences_are_followed_as_the_bound(laboratory: Laboratory) -> None:
    for generation in range(MOST_KEYS + 5):
        hear(laboratory, establishment(sequence=128 * generation, counter=generation))
    assert len(laboratory.explainer.keyring._keys) == MOST_KEYS


def test_openthread_tells_its_context_1_while_it_forms() -> None:
    frames = list(explained("openthread-form", Known({}, (f"thread:{NETWORK_KEY}",))))
    assert sum(frame.mle is not None for frame in frames) == 32
    learned = [(frame.captured.number, frame.learned) for frame in frames if frame.learned]
    assert learned == [(41, (ContextAdded(Context(1, parse_ipv6("2001:db8:0:1::"), 64)),))]
