"""Delivery below IP in a scenario: who takes part, and the shortest path to everybody by link-layer address."""

from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration
from p6lowpan.simulator.scenario.members import Member, Settled
from p6lowpan.simulator.scenario.plan import MeshPlan
from p6lowpan.simulator.scenario.routing import mutual_neighbors, ways
from p6lowpan.wire.address import LinkAddress

NextHops = dict[LinkAddress, LinkAddress]


def takes_part(plan: MeshPlan, profile: Profile) -> bool:
    """Whether a node of ``profile`` has what the mesh asks of it."""
    return not MeshConfiguration(hops_left=plan.hops).lacking(profile)


def meshes(settled: Settled) -> dict[int, MeshConfiguration]:
    """What each member does in the mesh, by its place; who takes no part is not there.

    Frames are sent to the EUI-64 of the next hop: every node knows that of its neighbors.
    """
    plan = settled.plan.mesh
    if plan is None:
        return {}
    taking_part = [member for member in settled.members if takes_part(plan, member.profile)]
    forwarders = {member.place for member in taking_part if member.plan.forwards}
    found: dict[int, NextHops] = {member.place: {} for member in taking_part}
    neighbors = mutual_neighbors(settled.topology)
    for to in settled.members:
        for place, over in ways(neighbors, forwarders, to.place).items():
            if place in found:
                found[place] |= _to(to, settled.members[over])
    return {
        member.place: MeshConfiguration(
            next_hops=found[member.place],
            others_are_direct=False,
            hops_left=plan.hops,
            forwards=member.plan.forwards,
            floods=member.plan.forwards,
        )
        for member in taking_part
    }


def _to(to: Member, over: Member) -> NextHops:
    """A direct neighbor is reached under the address by which it is called."""
    return {address: address if to is over else over.extended for address in to.link_addresses}
