"""The columns of ``explain --csv`` are what tshark shows of the same frames."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from p6lowpan.cli.main import application

CAPTURES = Path(__file__).parent.parent / "vectors" / "captures"
FIELDS = {
    "number": "frame.number",
    "sequence": "wpan.seq_no",
    "ip_src": "ipv6.src",
    "ip_dst": "ipv6.dst",
    "icmp_type": "icmpv6.type",
    "src_port": "udp.srcport",
    "dst_port": "udp.dstport",
}
CONTEXTS = {"contiki-ng-rpl-1hop": ["--context", "0=fd00::/64"]}
PREFERENCES = {"contiki-ng-rpl-1hop": ["-o", "6lowpan.context0:fd00::/64"]}

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def theirs(path, preferences):
    """What tshark shows: the first of each field in a frame."""
    fields = [word for field in FIELDS.values() for word in ("-e", field)]
    form = ["-T", "fields", "-E", "separator=,", "-E", "occurrence=f"]
    words = ["tshark", "-r", str(path), *preferences, *form, *fields]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=120).stdout
    return [dict(zip(FIELDS, row, strict=True)) for row in csv.reader(io.StringIO(told))]


@pytest.mark.parametrize("name", ["riot-rpl", "riot-udp", "contiki-ng-rpl-1hop"])
def test_addresses_ports_and_types_are_those_of_tshark(name):
    path = CAPTURES / f"{name}.pcap"
    result = CliRunner().invoke(application, ["explain", "--csv", *CONTEXTS.get(name, []), str(path)])
    ours = list(csv.DictReader(io.StringIO(result.stdout)))
    compared = 0
    for our_row, their_row in zip(ours, theirs(path, PREFERENCES.get(name, [])), strict=True):
        assert (our_row["number"], our_row["sequence"]) == (their_row["number"], their_row["sequence"])
        if our_row["packets"] != "1":
            continue
        columns = ["ip_src", "ip_dst", "icmp_type"]
        if our_row["protocol"] == "udp":  # of an ICMPv6 error tshark shows the ports of the packet inside
            columns += ["src_port", "dst_port"]
        assert [our_row[column] for column in columns] == [their_row[column] for column in columns]
        compared += 1
    assert compared >= 50
