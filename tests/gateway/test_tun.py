"""The host's kernel on one side, nodes of every level on the other: over a TUN interface in a namespace of its own."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from drivers.namespace import needs_namespace, printed_by, run_alone
from gateway.coap_client import EXPECTED
from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.drivers import tun as tun_module
from p6lowpan.drivers.tun import DEVICE, Tun


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the host and the nodes find out about each other."""
    needs_namespace(DEVICE)
    script = Path(__file__).parent / "host_side.py"
    return printed_by(run_alone(script, tmp_path_factory.mktemp("gateway"), seconds=100))


def test_the_host_pings_nodes_of_every_level_with_every_size(found):
    assert found["pings"] == {f"2001:db8:1::{number}": [True] * 6 for number in range(1, 8)}
    assert found["gateway"]


def test_every_node_pings_the_host(found):
    assert found["inside"] == [900] * 7


def test_streams_within_what_the_radio_carries_lose_nothing_either_way(found):
    whole = {"sent": 22, "came": 22, "broken": 0}
    assert found["streams"] == [{"down": whole, "up": whole}] * 3


def test_of_a_flood_each_packet_arrives_or_is_counted_where_it_found_no_room(found):
    flood = found["flood"]
    assert (flood["sent"], flood["broken"]) == (120, 0)
    assert 0 < flood["came"] < flood["sent"]
    assert flood["came"] + found["flood dropped"] == flood["sent"]


def test_a_coap_client_of_the_host_is_served_by_nodes_of_every_level(found):
    assert found["coap"] == [EXPECTED] * 7


def test_the_kernel_understands_the_errors_of_nodes_and_gateway(found):
    assert found["port"] == "ConnectionRefusedError"
    assert found["absent"] == "OSError"  # no route to host: nobody registered that address


def test_who_has_no_permission_is_not_let_in(found):
    assert found["stranger"] is False
    assert found["drops"]["not-permitted"] >= 1


def test_an_interface_without_a_proper_name_is_refused():
    for name in ("", "a-name-that-is-too-long"):
        with pytest.raises(UsageError):
            Tun(name)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EPERM, "lowpan0: Operation not permitted: a TUN interface needs root, or CAP_NET_ADMIN"),
        (errno.EBUSY, "lowpan0: Device or resource busy: another process has an interface of this name"),
        (errno.EINVAL, "lowpan0: Invalid argument: an interface of this name is there, and is no TUN interface"),
        (errno.ENFILE, "lowpan0: Too many open files in system"),
    ],
)
def test_an_interface_that_the_kernel_does_not_make_is_said_with_what_helps(monkeypatch, number, said):
    def refuse(*_: object) -> None:
        raise OSError(number, "the kernel's")

    monkeypatch.setattr(tun_module, "DEVICE", os.devnull)
    monkeypatch.setattr(tun_module.fcntl, "ioctl", refuse)
    with pytest.raises(OSError, match="lowpan0") as refused:
        asyncio.run(Tun("lowpan0").open(print))
    assert said_by(refused.value) == said


def test_a_tun_that_is_not_open_takes_nothing_and_closes_in_peace():
    tun = Tun("lowpan0")
    tun.send(b"\x60")
    tun.close()
    assert tun.lost == 0
