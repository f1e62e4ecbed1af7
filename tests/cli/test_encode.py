"""``p6lowpan encode``: what it gives decodes to what it was given."""

import json

ENDS = ("--from", "0212345678abcd01", "--to", "0212345678abcd02")
PACKET = (
    "6000000000103a40" "fe80000000000000001234" "5678abcd01" "fe80000000000000001234" "5678abcd02"
    "80007290" "00010002" "6162636465666768"
)  # fmt: skip


def test_the_frames_are_shown_with_their_layers(run):
    text = run("encode", *ENDS, PACKET).stdout
    assert text.startswith("56 octets of IPv6, 19 in 1 frame\n\n1  7a333a80007290000100026162636465666768\n")
    assert "iphc stands for  octets 0-39 of the packet" in text


def test_quiet_gives_the_octets_alone_and_they_decode_to_the_packet(run):
    frames = run("encode", "--quiet", *ENDS, "--mtu", "40", "--profile", "level-0", PACKET).stdout.split()
    assert len(frames) > 1
    decoded = run("decode", "--json", "--source", ENDS[1], "--destination", ENDS[3], *frames).stdout.splitlines()
    assert json.loads(decoded[-1])["packets"][0]["octets"] == PACKET


def test_the_tag_is_that_of_the_fragments(run):
    frames = run(
        "encode", "--quiet", *ENDS, "--mtu", "40", "--profile", "level-0", "--tag", "4660", PACKET
    ).stdout.split()
    assert all(frame[4:8] == "1234" for frame in frames)


def test_a_profile_decides_what_is_used(run):
    assert run("encode", "-q", *ENDS, "--profile", "level-0", PACKET).stdout == f"41{PACKET}\n"
    level_1 = json.loads(run("encode", "--json", *ENDS, "--profile", "level-1", PACKET).stdout)
    assert level_1["level"] == 1
    assert level_1["frames"][0].startswith("6033")


def test_json_has_the_layers_of_every_frame(run):
    record = json.loads(run("encode", "--json", *ENDS, PACKET).stdout)
    assert [layer["name"] for layer in record["layers"][0]] == ["iphc", "in-line"]
    assert (record["level"], record["growth"]) == (3, 37)


def test_contexts_make_it_shorter(run):
    packet = PACKET.replace("fe80000000000000", "20010db800000000")
    plain = run("encode", "-q", *ENDS, packet).stdout
    short = run("encode", "-q", *ENDS, "--context", "0=2001:db8::/64", packet).stdout
    assert len(short) < len(plain)


def test_a_packet_comes_from_a_pipe(run):
    spaced = f"{PACKET[:40]}\n{PACKET[40:]}\n"
    assert run("encode", "-q", *ENDS, "-", standard_input=spaced).stdout == run("encode", "-q", *ENDS, PACKET).stdout


def test_what_is_no_packet_is_refused(run):
    result = run("encode", "6000")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no IPv6 packet" in result.stderr


def test_a_packet_that_is_too_big_is_refused(run):
    payload = bytes(1300).hex()
    result = run("encode", "--profile", "level-3", f"60000000{1300:04x}3b40" + "00" * 32 + payload)
    assert result.exit_code == 2
    assert "too-big" in result.stderr


def test_a_stack_is_sent_what_it_takes(run):
    packet = "6000000000081140fe800000000000000012345678abcd01fe800000000000000012345678abcd0204d2f012000819cc"
    ends = ("--from", "0212345678abcd01", "--to", "0212345678abcd02", "-q")
    assert "7e33f104d21219cc" in run("encode", packet, *ends, "--profile", "contiki-ng").stdout
    assert "7a331104d2f012000819cc" in run("encode", packet, *ends, "--profile", "level-3").stdout
