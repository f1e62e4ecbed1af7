"""Secured frames opened: with which key, under which EUI-64, and what is said where that fails."""

from dataclasses import replace

import pytest

from analysis.captured import NETWORK_KEY, ROUTERS, THREAD, Known, explained
from analysis.laboratory import ALICE, BOB, CAROL, PAN, Laboratory, finding, names, udp_packet, uncompressed
from p6lowpan.analysis import keyring
from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.keyring import MOST_CANDIDATES, MOST_FAILURES, Keyring
from p6lowpan.analysis.keys import PlainKey, parse_key
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154 import thread
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import secure
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006

KEY, OTHER_KEY = bytes(range(16)), bytes(16)
SHORT = LinkAddress(b"\x0a\x0b")
PAYLOAD = uncompressed(udp_packet())


def sealed(source: bytes = ALICE, extended: bytes = ALICE, counter: int = 1, level: int = 5, key: bytes = KEY) -> Frame:
    plain = Frame(
        sequence_number=counter % 256,
        destination_pan=PAN,
        destination=BOB,
        source=LinkAddress(source),
        payload=PAYLOAD,
    )
    security = AuxiliarySecurityHeader2006(level=level, key_identifier_mode=1, frame_counter=counter, key_index=1)
    return secure(plain, security, key, extended)


def ring(book: AddressBook | None = None, *keys: bytes) -> Keyring:
    return Keyring([PlainKey(key) for key in keys or (KEY,)], book or AddressBook())


@pytest.mark.parametrize("level", range(1, 8))
def test_a_frame_with_an_extended_source_needs_its_key_alone(level: int) -> None:
    opened, security = ring().open(sealed(level=level))
    assert opened is not None
    assert opened.payload == PAYLOAD
    assert (security.error, security.extended_source, security.key_name) == (None, ALICE, "key 0001…")
    assert security.integrity_octets == (0, 4, 8, 16)[level % 4]


def test_keys_are_tried_in_the_order_that_they_were_given() -> None:
    opened, security = ring(None, OTHER_KEY, KEY).open(sealed())
    assert opened is not None
    assert security.key_name == PlainKey(KEY).name


def test_without_a_key_the_frame_stays_closed_and_says_so() -> None:
    opened, security = Keyring((), AddressBook()).open(sealed())
    assert opened is None
    assert security.error is not None
    assert security.error.reason is Reason.NO_KEY
    for_another = Keyring([PlainKey(KEY, index=2)], AddressBook())
    assert for_another.open(sealed())[1].error.reason is Reason.NO_KEY


def test_a_wrong_key_is_one_error() -> None:
    opened, security = ring(None, OTHER_KEY, bytes(15) + b"\1").open(sealed())
    assert opened is None
    assert security.error is not None
    assert security.error.reason is Reason.BAD_INTEGRITY_CODE
    assert "no key that is given" in str(security.error)


def test_a_short_source_that_nobody_has_seen_lacks_its_extended_address() -> None:
    opened, security = ring().open(sealed(SHORT))
    assert opened is None
    assert security.error is not None
    assert security.error.reason is Reason.NO_EXTENDED_ADDRESS
    assert "0x0a0b" in str(security.error)


def test_the_extended_address_of_a_short_source_may_be_given() -> None:
    opened, security = ring(AddressBook({SHORT: ALICE})).open(sealed(SHORT))
    assert opened is not None
    assert security.extended_source == ALICE


def test_it_may_be_one_that_was_seen_and_is_remembered() -> None:
    book = AddressBook()
    for seen in (CAROL, ALICE, BOB):
        book.see(seen)
    keys = ring(book)
    opened, security = keys.open(sealed(SHORT))
    assert opened is not None
    assert security.extended_source == ALICE
    assert book.extended(PAN, SHORT) == ALICE


def test_a_short_address_that_was_handed_on_is_found_again() -> None:
    book = AddressBook({SHORT: CAROL})
    book.learn(PAN, SHORT, BOB)
    book.see(ALICE)
    assert ring(book).open(sealed(SHORT))[1].extended_source == ALICE
    assert book.extended(PAN, SHORT) == ALICE


def test_a_frame_without_an_integrity_code_proves_no_address() -> None:
    book = AddressBook()
    book.see(BOB)
    opened, security = ring(book).open(sealed(SHORT, level=4))
    assert opened is None
    assert security.error is not None
    assert security.error.reason is Reason.NO_EXTENDED_ADDRESS
    assert book.extended(PAN, SHORT) is None


@pytest.mark.parametrize(("place", "found"), [(MOST_CANDIDATES, True), (MOST_CANDIDATES + 1, False)])
def test_so_many_of_the_latest_addresses_are_tried_and_no_more(place: int, found: bool) -> None:
    book = AddressBook()
    book.see(ALICE)
    for number in range(place - 1):
        book.see(LinkAddress(number.to_bytes(8, "big")))
    assert (ring(book).open(sealed(SHORT))[0] is not None) is found


def test_what_fails_again_and_again_is_not_tried_until_another_address_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = []
    unsecure = keyring.unsecure
    monkeypatch.setattr(keyring, "unsecure", lambda *given: (attempts.append(given), unsecure(*given))[1])
    book = AddressBook()
    for number in range(10):
        book.see(LinkAddress(number.to_bytes(8, "big")))
    keys = ring(book)
    for counter in range(MOST_FAILURES):
        keys.open(sealed(SHORT, counter=counter))
    assert len(attempts) == 10 * MOST_FAILURES
    _, security = keys.open(sealed(SHORT, counter=9))
    assert len(attempts) == 10 * MOST_FAILURES + 1
    assert security.error is not None
    assert security.error.reason is Reason.BAD_INTEGRITY_CODE
    book.see(ALICE)
    assert keys.open(sealed(SHORT, counter=10))[0] is not None


def test_the_well_known_key_of_thread_needs_nothing_and_teaches_no_address() -> None:
    plain = Frame(sequence_number=1, destination_pan=PAN, destination=BOB, source=SHORT, payload=PAYLOAD)
    security = AuxiliarySecurityHeader2006(
        level=5,
        key_identifier_mode=2,
        frame_counter=1,
        key_source=thread.WELL_KNOWN_KEY_SOURCE,
        key_index=thread.WELL_KNOWN_KEY_INDEX,
    )
    book = AddressBook()
    frame = secure(plain, security, thread.WELL_KNOWN_KEY, thread.WELL_KNOWN_EXTENDED_SOURCE)
    opened, how = Keyring((), book).open(frame)
    assert opened is not None
    assert opened.payload == PAYLOAD
    assert how.key_name == "Thread well-known key"
    assert book.extended(PAN, SHORT) is None


def test_a_suite_of_2003_is_not_supported() -> None:
    frame = Frame.decode(bytes.fromhex("098801cdabffffcdab0b0a41"))[0]
    assert frame.security_enabled
    assert frame.security is None
    _, security = ring(AddressBook({SHORT: ALICE})).open(frame)
    assert security.error is not None
    assert security.error.reason is Reason.UNSUPPORTED


# --- the explainer ---------------------------------------------------------------------------------------------------


def test_a_packet_comes_out_of_a_frame_that_was_opened() -> None:
    heard = Laboratory(keys=(PlainKey(KEY),)).hear_frame(sealed())
    assert [packet.octets for packet in heard.packets] == [udp_packet()]
    assert heard.security is not None
    assert heard.security.extended_source == ALICE
    assert isinstance(heard.frame, Frame)
    assert not heard.frame.security_enabled


def test_every_frame_under_a_wrong_key_is_one_finding() -> None:
    laboratory = Laboratory(keys=(PlainKey(OTHER_KEY),))
    for counter in range(5):
        heard = laboratory.hear_frame(sealed(counter=counter))
        assert names(heard) == ["bad-integrity-code"]
        assert not heard.packets
    laboratory.hear(PAYLOAD, CAROL)  # an address to try
    for counter in range(5):
        assert names(laboratory.hear_frame(sealed(SHORT, counter=counter))) == ["bad-integrity-code"]


def test_a_frame_that_is_signed_and_not_encrypted_is_read_whoever_signed_it() -> None:
    heard = Laboratory().hear_frame(sealed(level=2))
    assert [packet.octets for packet in heard.packets] == [udp_packet()]
    assert names(heard) == ["no-key"]
    wrong = Laboratory(keys=(PlainKey(OTHER_KEY),)).hear_frame(sealed(level=2))
    assert finding(wrong, "bad-integrity-code")
    assert wrong.packets


def test_a_changed_octet_is_noticed() -> None:
    frame = sealed()
    changed = replace(frame, payload=frame.payload[:-1] + bytes((frame.payload[-1] ^ 1,)))
    assert names(Laboratory(keys=(PlainKey(KEY),)).hear_frame(changed)) == ["bad-integrity-code"]


# --- captures --------------------------------------------------------------------------------------------------------

KEY_ALONE = Known({}, (f"thread:{NETWORK_KEY}",))
SECURED = {
    "openthread-form": 6,
    "openthread-ping-global": 174,
    "openthread-ping-linklocal": 320,
    "openthread-ping-meshlocal": 384,
    "openthread-ping-multicast": 513,
    "openthread-udp": 592,
}


def opened_and_closed(name: str, known: Known) -> tuple[int, int]:
    frames = [frame.security for frame in explained(name, known) if frame.security is not None]
    return sum(security.error is None for security in frames), sum(security.error is not None for security in frames)


@pytest.mark.parametrize("name", THREAD)
def test_with_key_and_addresses_every_secured_frame_of_thread_opens(name: str) -> None:
    opened, closed = opened_and_closed(name, Known({}, KEY_ALONE.keys, ROUTERS))
    assert (opened, closed) == (SECURED[name], 0)


@pytest.mark.parametrize("name", ["openthread-form", "openthread-ping-linklocal", "openthread-udp"])
def test_where_the_capture_shows_the_extended_addresses_the_network_key_is_enough(name: str) -> None:
    assert opened_and_closed(name, KEY_ALONE) == (SECURED[name], 0)


def test_where_it_shows_none_the_finding_names_what_is_missing() -> None:
    frames = list(explained("openthread-ping-global", KEY_ALONE))
    missing = [frame for frame in frames if "no-extended-address" in names(frame)]
    assert len(missing) == SECURED["openthread-ping-global"]


@pytest.mark.parametrize("name", THREAD)
def test_under_a_wrong_network_key_no_frame_of_thread_opens(name: str) -> None:
    wrong = Known({}, (f"thread:{NETWORK_KEY[::-1]}",), ROUTERS)
    assert opened_and_closed(name, wrong) == (0, SECURED[name])
    assert parse_key(wrong.keys[0]).for_index(1) != parse_key(KEY_ALONE.keys[0]).for_index(1)
    for frame in explained(name, wrong):
        assert ("bad-integrity-code" in names(frame)) == (frame.security is not None)
