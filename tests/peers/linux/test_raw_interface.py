"""The driver for raw interfaces where they are real: in the guest, on simulated radios of its kernel."""

import json

import pytest

from peers.linux.beside_the_kernel import SIZES
from peers.linux.names import PAN

IN_GUEST = ("peers.linux.beside_the_kernel",)
PYTHON_SECONDS = 300
QUIET = {"not-for-us"}  # the kernel looks for routers, and speaks to others than us
OUR_EUI64 = "02:12:74:00:11:22:33:44"
ALL = [True] * len(SIZES)
THIRD_RADIO = (
    "wpan-hwsim add",
    *(f"wpan-hwsim edge add {one} 2; wpan-hwsim edge add 2 {one}" for one in (0, 1)),
    f"iwpan dev wpan2 set pan_id {PAN:#x}",
    f"ip link set wpan2 address {OUR_EUI64}",
)


@pytest.fixture(scope="module")
def found(guest):
    """What a Python in the guest finds, with a third radio, which hears the two others and is heard."""
    for command in THIRD_RADIO:
        guest.do(command)
    shown = guest.run(f"{guest.python} -m {IN_GUEST[0]} 2>&1", PYTHON_SECONDS)
    lines = [line for line in shown.splitlines() if line.startswith("{")]
    assert lines, shown
    return json.loads(lines[-1])


def test_a_node_on_an_interface_of_the_kernel_and_the_kernel_ping_each_other(found):
    assert found["node"] == {"we": ALL, "it": ALL, "send_errors": 0, "dropped": found["node"].get("dropped")}
    assert set(found["node"]["dropped"]) <= QUIET


def test_a_node_on_a_monitor_interface_and_the_kernel_ping_each_other(found):
    assert found["monitor"] == {"we": ALL, "it": ALL, "send_errors": 0, "dropped": found["monitor"].get("dropped")}
    assert set(found["monitor"]["dropped"]) <= QUIET


def test_nodes_on_monitor_interfaces_acknowledge_one_another_s_frames(found):
    assert found["monitors"] == {"we": ALL, "send_errors": 0, "dropped": found["monitors"].get("dropped")}
    assert set(found["monitors"]["dropped"]) <= QUIET | {"duplicate"}  # an acknowledgement may come late
