import pytest

from p6lowpan.capture.fcs import Fcs, TiMetadata, signed_octet


@pytest.mark.parametrize(("octet", "value"), [(0, 0), (127, 127), (128, -128), (255, -1)])
def test_an_octet_is_read_as_twos_complement(octet, value):
    assert signed_octet(octet) == value


def test_the_metadata_of_a_cc24xx_is_read_bit_by_bit():
    metadata = TiMetadata.decode_all(bytes.fromhex("e0eb"))
    assert metadata == TiMetadata(signal_strength=0xE0, crc_ok=1, correlation=107)
    assert metadata.encode() == bytes.fromhex("e0eb")
    assert [span.meaning for span in metadata.layout()] == [
        "-32 dB before the chip's offset (CC2420: -45, CC2531: -73)",
        "the FCS was right",
        "",
    ]


def test_each_kind_of_fcs_has_its_length():
    assert [(kind, kind.octets) for kind in Fcs] == [("none", 0), ("crc16", 2), ("crc32", 4), ("ti", 2)]
