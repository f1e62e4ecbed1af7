"""Static routes: over whom the shortest path to everybody goes, for routers and, below IP, for everyone in a mesh.

Only routers, and forwarders in a mesh, pass anything on. Of paths of the same length the one over the node that comes
first in the file is taken, so that the same scenario has the same routes. A link counts where both ends hear each
other: a frame that must be acknowledged needs both directions.
"""

from collections import deque
from collections.abc import Collection, Sequence

from p6lowpan.simulator.topology import Topology


def mutual_neighbors(topology: Topology) -> tuple[tuple[int, ...], ...]:
    """For each station, whom it hears and who hears it, in the order of their numbers."""
    heard = [set(neighbors) for neighbors in topology.neighbors]
    return tuple(
        tuple(sorted(other for other in neighbors if number in heard[other])) for number, neighbors in enumerate(heard)
    )


def ways(neighbors: Sequence[Sequence[int]], forwarders: Collection[int], destination: int) -> dict[int, int]:
    """For each station that has a path to ``destination``, the neighbor that comes next on the shortest. Between the
    ends of a path are forwarders alone."""
    following: dict[int, int] = {}
    border = deque([destination])
    while border:
        reached = border.popleft()
        for number in neighbors[reached]:
            if number != destination and number not in following:
                following[number] = reached
                if number in forwarders:
                    border.append(number)
    return following


def next_hops(neighbors: Sequence[Sequence[int]], routers: Collection[int], destination: int) -> dict[int, int]:
    """The same for each router: hosts leave it to their router."""
    return {number: over for number, over in ways(neighbors, routers, destination).items() if number in routers}


def parents(neighbors: Sequence[Sequence[int]], root: int) -> dict[int, int]:
    """For each station, the neighbor that comes next on a shortest path to ``root``, whoever passes packets on."""
    return ways(neighbors, range(len(neighbors)), root)
