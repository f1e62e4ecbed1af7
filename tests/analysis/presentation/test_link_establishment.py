"""Messages of Thread's Mesh Link Establishment, as they are shown where a network key opens them."""

from analysis.captured import NETWORK_KEY, Known, explained
from p6lowpan.analysis.presentation.detail import DetailWriter
from p6lowpan.analysis.presentation.explained_layers import layers_of_packet
from p6lowpan.analysis.presentation.line import LineWriter
from p6lowpan.analysis.presentation.palette import PLAIN
from p6lowpan.analysis.presentation.record import packet_record

FRAMES = [
    frame for frame in explained("openthread-form", Known({}, (f"thread:{NETWORK_KEY}",))) if frame.mle is not None
]


def test_a_line_says_what_the_message_is_for() -> None:
    assert LineWriter(PLAIN).line(FRAMES[0]).endswith("MLE, 36 octets: parent request")


def test_the_message_stands_in_the_place_of_the_sealed_octets() -> None:
    for frame in FRAMES:
        (packet,) = frame.packets
        layers = layers_of_packet(packet.octets, frame.mle)
        assert [layer.start for layer in layers[1:]] == [layer.end for layer in layers[:-1]]
        assert layers[-1].end == len(packet.octets)
        assert [layer.name for layer in layers[-4:]] == ["payload", "ieee802154-security", "mle", "integrity-code"]


def test_every_field_of_the_message_is_in_the_details_and_the_record() -> None:
    frame = next(frame for frame in FRAMES if frame.learned)
    text = "\n".join(DetailWriter(PLAIN).lines(frame))
    assert "Mesh Link Establishment, decrypted" in text
    assert "2001:db8:0:1::" in text.partition("Mesh Link Establishment, decrypted")[2]
    record = packet_record(frame.packets[0], frame.mle)
    assert [layer["name"] for layer in record["layers"]][-2:] == ["mle", "integrity-code"]


def test_a_message_that_stays_closed_is_a_payload() -> None:
    frame = next(explained("openthread-form", Known({})))
    assert [layer.name for layer in layers_of_packet(frame.packets[0].octets, frame.mle)] == ["ipv6", "udp", "payload"]
