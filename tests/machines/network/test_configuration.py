"""What a node can be."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.network.configuration import NetworkConfiguration


@pytest.mark.parametrize(
    "wrong",
    [{"hop_limit": 0}, {"hop_limit": 256}, {"multicast_hop_limit": 0}, {"class_unsupported_type": 128}],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(UsageError):
        NetworkConfiguration(is_router=False, **wrong)


def test_only_a_router_is_a_hop_of_source_routes():
    assert NetworkConfiguration(is_router=True).processes_source_routes
    assert not NetworkConfiguration(is_router=False).processes_source_routes
    assert not NetworkConfiguration(is_router=True, source_routing=False).processes_source_routes
