"""A gateway's configuration: what it says, and how what is wrong is refused."""

import json
from pathlib import Path

import pytest

from gateway.leaves import text
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import of_level
from p6lowpan.gateway.configuring import STRANGERS, configuration_of, permit_lines
from p6lowpan.gateway.plan import read_plan
from p6lowpan.gateway.radios import RADIOS
from p6lowpan.gateway.running import demo_plan, read_file
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.plan import Reach
from p6lowpan.interop.probing.record import profile_record
from p6lowpan.simulator.links import LinkQuality

MEDIUM = ("::1", 17754)
FILE = "gateway.toml"


def plan(**parts: str):
    return read_plan(text(Path("/run"), MEDIUM, **parts), FILE)


def test_a_plan_becomes_the_configuration_of_a_node():
    read = plan(
        tun='[tun]\nname = "lowpan0"\naddresses = ["2001:db8:2::1/64"]',
        network='permit = ["udp port 5683"]\nair_kbps = 100\nneighbors = 20\n'
        'neighbor = [{ eui64 = "0200000000000001", profile = "level-2" }, { short = "0007", profile = "linux" }]\n'
        'route = [{ prefix = "2001:db8:1::9/128", via = "fe80::1" }]',
    )
    (network,) = read.networks
    configuration = configuration_of(read, network, 1, None)
    assert permit_lines(read, network) == ("udp port 5683", "any from 2001:db8:2::1/128")
    assert configuration.backbone.octets_per_second == 12_500
    assert [profile.name for profile in configuration.pinned.values()] == ["level-2", "linux"]
    assert configuration.limits.neighbors == 60 + STRANGERS
    assert configuration.routes[0].length == 128
    assert configuration.link.pan == 0xABCD
    assert network.radio == RADIOS["zep"](peers=(("::1", 17754),), local=("::1", 0))


def test_without_permission_the_host_is_outside_like_everybody():
    read = plan(tun='[tun]\naddresses = ["2001:db8:2::1/64"]', network="permit_host = false")
    assert permit_lines(read, read.networks[0]) == ()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"extra": "stat = 1"}, "gateway.toml: there is no key 'stat'"),
        ({"extra": "state = 1 2"}, "gateway.toml: no TOML:"),
        ({"extra": 'metrics = "9154"'}, "gateway.toml: metrics: expected an address and a port"),
        ({"extra": 'log = "xml"'}, "gateway.toml: log: expected one of text, json"),
        ({"network": "permit = [1]"}, "gateway.toml: network[0].permit: expected a list of rules"),
        ({"network": 'permit = ["udp", "all"]'}, "gateway.toml: network[0].permit: no rule: 'all': expected any, udp"),
        ({"network": 'permit = ["any port 7"]'}, "network[0].permit: no rule: 'any port 7': udp and tcp have ports"),
        ({"network": 'profile = "rfc6282"'}, "gateway.toml: network[0]: profile: the gateway is no rfc6282"),
        ({"network": "air_kbps = 0"}, "gateway.toml: network[0].air_kbps: expected kb/s of 1 to 1000"),
        ({"network": 'security_key = "00"'}, "gateway.toml: network[0].security_key: expected 32 hex digits"),
        (
            {"network": 'neighbor = [{ profile = "level-1" }]'},
            "gateway.toml: network[0].neighbor[0]: a neighbor has an eui64, a short address, or both",
        ),
        (
            {"network": 'neighbor = [{ short = "0007" }]'},
            "gateway.toml: network[0].neighbor[0]: a neighbor has a profile, or both an eui64 and a short address",
        ),
        (
            {"network": 'neighbor = [{ eui64 = "0200000000000001", profile = "level-9" }]'},
            "gateway.toml: network[0].neighbor[0].profile: expected rfc6282, level-0 to level-6",
        ),
        ({"tun": '[tun]\naddresses = ["2001:db8:1::1/64"]'}, "is in the prefix of a network: the host is outside"),
        ({"tun": '[tun]\naddresses = ["2001:db8::/129"]'}, "gateway.toml: tun.addresses: expected a list of IPv6"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_what_was_expected(parts, said):
    with pytest.raises(UsageError) as refused:
        plan(**parts)
    assert said in str(refused.value)


def test_a_syntax_error_is_refused_with_its_line():
    with pytest.raises(UsageError, match=r"gateway.toml: no TOML: .*line 2"):
        read_plan("log = 'text'\nstate = = 1\n", FILE)


NEIGHBOR = '[[network.neighbor]]\nshort = "0002"\n'


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("pan = 0x12345", "pan ="),
        ('neighbor = [{ profile = "level-1" }]', "neighbor ="),
        (f'{NEIGHBOR}profile = "level-2"\n{NEIGHBOR}profile = "x"', "profile ="),
        (f'{NEIGHBOR}profil = "level-2"', "profil ="),
        (NEIGHBOR, "[[network.neighbor]]"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(wrong, line):
    whole = text(Path("/run"), MEDIUM)
    second = "\n".join(each for each in whole[whole.index("[[network]]") :].splitlines() if not each.startswith(line))
    lines = f"{whole}{second}\n{wrong}".splitlines()
    number = max(number for number, each in enumerate(lines, 1) if each.startswith(line))
    with pytest.raises(UsageError, match=rf"network\[1\].* \(line {number}\)$"):
        read_plan("\n".join(lines), FILE)


def test_a_neighbor_is_pinned_to_what_a_probing_found(tmp_path):
    probing = simulated.simulation(of_level(2), LinkQuality(), Reach(octets=160, wait_s=0.5, parallel=2), None)
    probing.run()
    file = tmp_path / "sensor.profile.json"
    neighbor = f'neighbor = [{{ short = "0007", profile = "{file}" }}]'
    with pytest.raises(UsageError, match=rf"network\[0\].neighbor\[0\].profile: {file}: No such file.* \(line \d+\)$"):
        plan(network=neighbor)
    file.write_text(json.dumps(profile_record(probing.prober.findings, "the sensor")), encoding="utf-8")
    (pinned,) = plan(network=neighbor).networks[0].known
    assert pinned.profile.receives == of_level(2).receives


def test_a_missing_radio_and_an_unknown_one_are_refused():
    whole = text(Path("/run"), MEDIUM)
    with pytest.raises(UsageError, match=r"network\[0\]: the key 'radio' is missing"):
        read_plan("\n".join(line for line in whole.splitlines() if "radio" not in line), FILE)
    with pytest.raises(UsageError, match=r"radio.kind: expected one of zep, interface, serial, simulated"):
        read_plan(whole.replace('"zep", peers', '"lora", peers'), FILE)


def test_a_gateway_without_networks_or_with_two_of_a_name_is_refused():
    with pytest.raises(UsageError, match="the key 'network' is missing"):
        read_plan("", FILE)
    whole = text(Path("/run"), MEDIUM)
    second = whole + whole[whole.index("[[network]]") :]
    with pytest.raises(UsageError, match=r"network\[1\].name: another network is called 'zep', too \(line \d+\)$"):
        read_plan(second, FILE)
    with pytest.raises(
        UsageError, match=r"network\[1\].prefix: 2001:db8:1::/64 is another network's, too \(line \d+\)$"
    ):
        read_plan(second.replace('name = "zep"', 'name = "other"', 1), FILE)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('prefix = "2001:db8:1::/64"', 'prefix = "fe80::/64"', "network[0].prefix: fe80::/64 is not announced"),
        ('prefix = "2001:db8:1::/64"', 'prefix = "ff00::/64"', "network[0].prefix: ff00::/64 is not announced"),
        ('prefix = "2001:db8:1::/64"', 'prefix = "::/64"', "network[0].prefix: ::/64 is not announced"),
        ('["0=', '["0=2001:db8::/32", "0=', "network[0].contexts: there are two contexts 0"),
        ("[::1]:17754", "localhost:17754", "network[0].radio.peers: expected a list of numeric addresses"),
        ("[::1]:0", "localhost:0", "network[0].radio.local: expected a numeric address and a port"),
        ("[[network]]", '[tun]\nname = "a-name-of-16-oct"\n[[network]]', "tun.name: expected an interface's name"),
    ],
)
def test_what_no_gateway_could_begin_with_is_refused_with_its_line(before, after, said):
    with pytest.raises(UsageError) as refused:
        read_plan(text(Path("/run"), MEDIUM).replace(before, after), FILE)
    assert str(refused.value).startswith(f"{FILE}: {said}")
    assert "(line " in str(refused.value)


def test_the_demo_is_a_plan_and_a_file_is_read_as_text(tmp_path):
    assert demo_plan("/run/demo.sock", "lowpan0").tun.name == "lowpan0"
    path = tmp_path / FILE
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no text file"):
        read_file(path)
