"""The command as others run it: in pipes, cut off, interrupted, and never with a traceback."""

import os
import pty
import signal
import struct
import subprocess
import sys

import pytest

from p6lowpan.cli.output import LARGE_OCTETS


def test_a_capture_is_read_from_a_pipe(command, captures):
    path = captures / "riot-rpl.pcap"
    from_pipe = command("explain", "-", standard_input=path.read_bytes())
    assert (from_pipe.returncode, from_pipe.stderr) == (0, b"")
    assert from_pipe.stdout == command("explain", path).stdout


def test_lines_appear_as_frames_come(start, captures):
    octets = (captures / "riot-rpl.pcap").read_bytes()
    with start("explain", "-") as process:
        process.stdin.write(octets[: 24 + 16 + 45])
        process.stdin.flush()
        assert b"what" in process.stdout.readline()
        assert b"RS with SLLAO" in process.stdout.readline()  # and the pipe is open still
        process.stdin.write(octets[24 + 16 + 45 : 24 + 16 + 45 + 16 + 31])
        process.stdin.flush()
        assert b"RPL DIS" in process.stdout.readline()
        process.stdin.close()
        assert b"2 frames" in process.stdout.read()
        assert process.wait(30) == 0


def test_a_reader_who_goes_away_is_no_failure(start, captures):
    with start("explain", captures / "riot-stock.pcap") as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_an_interrupt_ends_with_the_summary(start, captures):
    octets = (captures / "riot-rpl.pcap").read_bytes()
    with start("explain", "-") as process:
        process.stdin.write(octets[: 24 + 16 + 45])
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        text, errors = process.communicate(timeout=30)
    assert b"1 frame, 45 octets" in text
    assert errors == b""
    assert process.returncode == 130


def test_a_cut_capture_tells_its_end_behind_the_summary(command, captures):
    octets = (captures / "riot-rpl.pcap").read_bytes()
    result = command("explain", "-", standard_input=octets[:1000])
    assert result.returncode == 2
    assert b"frames" in result.stdout
    assert result.stderr.startswith(b"p6lowpan: standard input: octet 1000: the file ends inside frame")


@pytest.mark.parametrize("standard_input", [b"", b"x", bytes(300)])
def test_what_is_no_capture_is_one_line(command, standard_input):
    result = command("explain", "-", standard_input=standard_input)
    assert (result.returncode, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"p6lowpan: standard input: no capture: ")
    assert result.stderr.count(b"\n") == 1


def test_an_unknown_verb_is_refused(command):
    result = command("explian")
    assert result.returncode == 2
    assert b"Traceback" not in result.stderr


def test_text_goes_where_only_ascii_is_understood(captures):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-c", "from p6lowpan.cli.main import main; main()", "explain", captures / "riot-rpl.pcap"]
    result = subprocess.run(words, capture_output=True, env=environment, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"?ab:cd:01 > broadcast" in result.stdout


def read_terminal(terminal):
    """What was sent to a terminal since; nothing when the other end is closed, for which Linux has an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def on_a_terminal(arguments, environment):
    """What a terminal is sent, standard error included."""
    terminal, its_end = pty.openpty()
    words = [sys.executable, "-c", "from p6lowpan.cli.main import main; main()", *map(str, arguments)]
    process = subprocess.Popen(words, stdout=its_end, stderr=its_end, stdin=its_end, env=environment)
    os.close(its_end)
    sent = b""
    while piece := read_terminal(terminal):
        sent += piece
    os.close(terminal)
    return process.wait(60), sent


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_has_colour_unless_it_says_no(captures, variables, coloured):
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | variables
    status, sent = on_a_terminal(["explain", "--no-summary", captures / "riot-rpl.pcap"], environment)
    assert status == 0
    assert (b"\x1b[36m" in sent) is coloured


def test_a_terminal_as_standard_input_is_not_waited_for(captures):
    status, sent = on_a_terminal(["explain", "-"], dict(os.environ))
    assert status == 2
    assert b"standard input is a terminal" in sent


def test_a_progress_bar_leaves_the_output_alone(captures, tmp_path):
    """Standard error is a terminal, standard output a file: the bar is on the one, every line in the other."""
    large, out = tmp_path / "large.pcap", tmp_path / "out"
    record = struct.pack("<IIII", 1_700_000_000, 0, 200_000, 200_000) + bytes(200_000)
    octets = (captures / "riot-rpl.pcap").read_bytes()
    large.write_bytes(octets + record * (LARGE_OCTETS // len(record) + 1))
    terminal, its_end = pty.openpty()
    words = [sys.executable, "-c", "from p6lowpan.cli.main import main; main()", "explain", str(large)]
    with out.open("wb") as stream:
        process = subprocess.Popen(words, stdout=stream, stderr=its_end, stdin=subprocess.DEVNULL)
        os.close(its_end)
        sent = b""
        while piece := read_terminal(terminal):
            sent += piece
        assert process.wait(120) == 0
    os.close(terminal)
    assert "━".encode() in sent
    lines = out.read_bytes().splitlines()
    assert b"RS with SLLAO" in lines[1]
    assert b"conversations" in out.read_bytes()


def test_octets_that_are_no_text_are_a_bad_request_to_the_oracle(command, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8:strict")
    done = command("oracle", standard_input=b'\xff\xfe\n{"op": "decode", "id": 7, "frames": []}\n')
    assert (done.returncode, done.stderr) == (0, b"")
    bad, good = done.stdout.splitlines()
    assert b'"bad-request"' in bad
    assert b'"id": 7' in good
