"""The results of a run as one JSON object; docs/simulating.md says what its keys mean."""

from typing import Any

from p6lowpan.cli.run_words import Compared
from p6lowpan.simulator.scenario.results import NodeResult, Results, Traffic

Json = dict[str, Any]  # JSON has no narrower type


def run_record(name: str, results: Results, compared: Compared) -> Json:
    """Everything, for programs."""
    return {
        "scenario": name,
        "seed": results.seed,
        "seconds": results.now_us / 1e6,
        "as_expected": results.is_as_expected,
        "nodes": [_node(node) for node in results.nodes],
        "pairs": [
            {
                "kind": pair.kind,
                "from": pair.sender,
                "to": pair.receiver,
                "sent": pair.sent,
                "delivered": pair.delivered,
                "repeated": pair.repeated,
                "longest_ms": pair.longest_us / 1000,
            }
            for pair in results.pairs
        ],
        "errors": [{"from": error.sender, "to": error.receiver, "count": error.count} for error in results.errors],
        "total": _traffic(results.total)
        | {"sent": results.sent, "delivered": results.delivered, "errors": results.errors_sent},
        "compared": None if compared is None else {"level": compared[0]} | _traffic(compared[1]),
        "expected": [
            {"what": verdict.expected, "found": verdict.found, "met": verdict.is_met} for verdict in results.verdicts
        ],
    }


def _node(node: NodeResult) -> Json:
    return {
        "name": node.name,
        "network": node.network,
        "role": node.role,
        "profile": node.profile.name,
        "on": node.is_on,
        "addresses": list(node.addresses),
        "undelivered": node.undelivered,
        **_traffic(node.traffic),
        "neighbors": [
            {
                "name": belief.neighbor,
                "profile": None if belief.profile is None else belief.profile.name,
                "how": None if belief.how is None else belief.how.value,
                "is": belief.truth.name,
            }
            for belief in node.beliefs
        ],
    }


def _traffic(traffic: Traffic) -> Json:
    return {
        "frames": traffic.frames,
        "octets": traffic.octets,
        "airtime_ms": traffic.airtime_us / 1000,
        "retries": traffic.retries,
        "drops": traffic.drops,
    }
