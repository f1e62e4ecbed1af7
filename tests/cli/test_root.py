"""The root of a DODAG given on the command line: what a 6LoRH leaves out is there in explain, convert and decode."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.routed import FAR, FAR_ADDRESS, HOST, NEAR, ROOT_ADDRESS, frame, packet, up
from p6lowpan.analysis.given import parse_root
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.pcap import PcapFile
from p6lowpan.cli.main import application
from p6lowpan.wire.address import format_ipv6

PAYLOAD = up(FAR_ADDRESS, 0x0300, b"hello")
OUTER = f"{format_ipv6(FAR_ADDRESS)} > {format_ipv6(ROOT_ADDRESS)}"
GIVEN = ["--root", format_ipv6(ROOT_ADDRESS)]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(application, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """One packet up, and no DIO."""
    path = tmp_path / "radio.pcap"
    with PcapFile(str(path), LinkType.IEEE802_15_4_WITHFCS) as written:
        written.write(frame(1, (FAR, NEAR, PAYLOAD)), 1_700_000_000_000_000_000)
    return path


def test_explain_knows_the_root_that_is_given(capture: Path) -> None:
    assert "[!no-root]" in run("explain", str(capture))
    said = run("explain", str(capture), *GIVEN)
    assert OUTER in said
    assert "no-root" not in said


def test_convert_writes_the_outer_header_where_the_root_is_given(capture: Path, tmp_path: Path) -> None:
    sizes = []
    for options in (
        [],
        GIVEN,
        ["--root", f"0={format_ipv6(ROOT_ADDRESS)}"],
        ["--root", f"5={format_ipv6(ROOT_ADDRESS)}"],
    ):
        run("convert", str(capture), str(tmp_path / "ipv6.pcap"), *options)
        with open_capture(str(tmp_path / "ipv6.pcap")) as packets:
            (octets,) = [each.octets for each in packets]
        assert octets.endswith(packet(FAR_ADDRESS, HOST, b"hello"))
        sizes.append(len(octets))
    assert sizes == [53, 101, 101, 53]


def test_decode_puts_a_payload_back(capture: Path) -> None:
    ends = ["--source", FAR.hex(), "--destination", NEAR.hex()]
    assert OUTER in run("decode", PAYLOAD.hex(), *ends, *GIVEN)
    assert OUTER not in run("decode", PAYLOAD.hex(), *ends)


@pytest.mark.parametrize("text", ["", "fd00::/64", "x=fd00::1", "256=fd00::1", "-1=fd00::1", "0=", "0=0=fd00::1"])
def test_what_is_no_root_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"a root is \[INSTANCE=\]ADDRESS"):
        parse_root(text)


def test_a_root_has_an_instance_or_is_that_of_any() -> None:
    assert parse_root("fd00::1") == (None, bytes.fromhex("fd00" + "00" * 13 + "01"))
    assert parse_root("255 = fd00::1")[0] == 255
