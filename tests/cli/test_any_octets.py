"""Whatever a capture holds, there is an answer: text and a status of 0 or 2, never an exception."""

import io
import json
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LINK_TYPES = (0, 1, 12, 101, 108, 113, 195, 215, 228, 229, 230, 276, 283)

quickly = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def pcap(frames, link_type):
    """A pcap file of these frames."""
    head = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type)
    return head + b"".join(struct.pack("<IIII", 1, 2, len(frame), len(frame)) + frame for frame in frames)


def lowpan_frame(payload):
    """A data frame between two short addresses without frame check."""
    return bytes.fromhex("418801cdab01000200") + payload


@quickly
@given(octets=st.binary(max_size=400))
def test_any_octets_as_a_file(run, octets):
    result = run("explain", "-", standard_input=octets)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


@quickly
@given(octets=st.binary(max_size=300), magic=st.sampled_from(("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "0a0d0d0a")))
def test_any_octets_behind_a_magic_number(run, octets, magic):
    result = run("explain", "-", standard_input=bytes.fromhex(magic) + octets)
    assert result.exit_code in (0, 2)


@pytest.mark.parametrize("link_type", LINK_TYPES)
@settings(quickly, max_examples=15)
@given(frames=st.lists(st.binary(max_size=130), min_size=1, max_size=4))
def test_any_frames_of_a_link_type(run, link_type, frames):
    for options in ((), ("-v",), ("--json",), ("--csv",)):
        result = run("explain", *options, "--ignore-fcs", "-", standard_input=pcap(frames, link_type))
        assert (result.exit_code, result.stderr) == (0, "")


@quickly
@given(
    payloads=st.lists(
        st.tuples(
            st.sampled_from(("41", "42", "50", "60", "7a", "7e", "7f", "80", "b0", "c0", "e0", "e8", "ea", "f1", "40")),
            st.binary(max_size=100),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_payloads_behind_a_dispatch(run, payloads):
    frames = [lowpan_frame(bytes.fromhex(dispatch) + rest) for dispatch, rest in payloads]
    for options in (("-v", "--features"), ("--json",), ("--csv",)):
        result = run("explain", *options, "--advice", "-", standard_input=pcap(frames, 230))
        assert (result.exit_code, result.stderr) == (0, "")
    result = run("convert", "-", "/dev/null", standard_input=pcap(frames, 230))
    assert result.exit_code == 0


@quickly
@given(octets=st.binary(min_size=1, max_size=120), mac=st.booleans())
def test_any_octets_are_decoded_or_refused(run, octets, mac):
    result = run("decode", "--json", *(["--mac"] if mac else []), octets.hex())
    assert result.exit_code == 0
    assert json.loads(result.stdout)["number"] == 1


def test_every_captured_frame_with_any_octet_changed(run, captures):
    """A damaged frame is explained like any other; its frame check is not looked at."""
    frames = []
    for path in sorted(captures.glob("riot-*.pcap")):
        octets = io.BytesIO(path.read_bytes()[24:])
        while head := octets.read(16):
            frames.append(octets.read(struct.unpack("<8xI4x", head)[0]))
    damaged = []
    for index, frame in enumerate(frames[::17]):
        changed = bytearray(frame)
        changed[(index * 7) % len(changed)] ^= 1 + index % 255
        damaged.append(bytes(changed))
    for options in (("-v",), ("--json",)):
        result = run("explain", *options, "--ignore-fcs", "-", standard_input=pcap(damaged, 195))
        assert (result.exit_code, result.stderr) == (0, "")
