"""A TUN interface that others lay hands on."""

from pathlib import Path

from drivers.namespace import needs_namespace, printed_by, run_alone
from p6lowpan.drivers.tun import DEVICE

SCRIPT = Path(__file__).parent / "tun_mended.py"


def test_an_interface_that_is_set_down_or_deleted_has_its_addresses_and_routes_when_it_is_back():
    needs_namespace(DEVICE)
    shown = printed_by(run_alone(SCRIPT, seconds=40))
    assert [what for what, is_so in shown["found"].items() if not is_so] == []
    assert shown["said"] == ["the interface is gone", "the interface is back"] * 4
