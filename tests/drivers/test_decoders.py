"""Other decoders behind one face; what they read is in tests/peers."""

import subprocess

import pytest

from p6lowpan.drivers import decoders
from p6lowpan.wire.address import Link, LinkAddress, parse_link

LONG = Link(parse_link("0212345678abcd01"), parse_link("0212345678abcd02"))
FRAME = bytes.fromhex("7e33f01633003512345678")


@pytest.mark.parametrize("source", ["", "1234", "0212345678abcd01"])
@pytest.mark.parametrize("destination", ["", "5678", "0212345678abcd02"])
def test_a_payload_comes_back_out_of_its_frame(source: str, destination: str) -> None:
    ends = [parse_link(end) if end else LinkAddress(b"") for end in (source, destination)]
    assert decoders._payload_of(decoders.mac_frame(FRAME, Link(*ends), 0xABCD, 3)) == FRAME


def test_a_frame_that_is_cut_holds_no_payload() -> None:
    assert decoders._payload_of(b"\1") == b""


def test_decoders_that_are_not_installed_have_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(decoders.shutil, "which", lambda _: None)
    monkeypatch.setattr(decoders.importlib, "import_module", missing)
    assert decoders.opinions([FRAME], LONG, {}, None) == ()


def test_a_tshark_that_fails_is_no_drop_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(2, "tshark")

    monkeypatch.setattr(decoders.shutil, "which", lambda _: "/nowhere/tshark")
    monkeypatch.setattr(decoders.subprocess, "run", fail)
    found = decoders.in_tshark([FRAME], {}, 1)
    assert found is not None
    assert found.packets == ()
    assert "exit status 2" in found.dropped[0]
