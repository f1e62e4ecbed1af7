"""How far the predictions of profiles agree with what was measured.

``python tests/interop/agreement.py riot`` prints where they do not, grouped by the beginning of the case's identifier;
``--prefix addr/e`` chooses cases, ``-v`` shows each, ``--stack-list decode|encode|random`` one list.

The outcome of a decode case is ``right`` (the packets that must come out), ``nothing`` (also where the stack crashed
without handing anything up) or ``wrong``; where no expectation is known, ``packets`` or ``nothing``. ``same`` means the
very same octets, and a crash where there was one.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from p6lowpan.interop import measured as measurement
from p6lowpan.interop.measured import LISTS, Answer, answers
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import hands_up, sends
from p6lowpan.interop.profiles import STACKS
from p6lowpan.interop.stack import Stack
from p6lowpan.wire.address import Link, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context, masked

VECTORS = Path(__file__).parent.parent / "vectors"


@cache
def requests(name: str) -> dict[str, dict[str, Any]]:
    """The requests of a list by their identifiers."""
    rows = map(json.loads, (VECTORS / f"{name}.jsonl").read_text().splitlines())
    return {row["id"]: row for row in rows}


@dataclass(frozen=True)
class Case:
    """One request, what was measured and what is predicted."""

    name: str
    request: dict[str, Any]
    measured: Answer
    predicted: Answer
    why: str

    @property
    def same(self) -> bool:
        """The very same answer."""
        crashed = self.measured.crash is not None, self.predicted.crash is not None
        return self.measured.octets == self.predicted.octets and crashed[0] == crashed[1]

    @property
    def agrees(self) -> bool:
        """The same outcome; for packets to send, the same frames."""
        if self.request["op"] == "encode":
            return self.same
        return self.outcome(self.measured) == self.outcome(self.predicted)

    def outcome(self, answer: Answer) -> str:
        """In a word."""
        if not answer.octets:
            return "nothing"
        expected = self.request["expect"]
        if expected is None:
            return "packets"
        return "right" if [packet.hex() for packet in answer.octets] == expected else "wrong"


def node_of(request: dict[str, Any]) -> Node:
    """The two ends, the PAN and the contexts of a request."""
    link = Link(parse_link(request["ll_src"]), parse_link(request["ll_dst"]))
    contexts = {}
    for row in request["contexts"]:
        prefix = masked(bytes.fromhex(row["prefix"]), row["len"])
        contexts[row["cid"]] = Context(row["cid"], prefix, row["len"])
    return Node(link, contexts, int(request["pan"], 16))


def cases(stack: Stack, name: str) -> Iterator[Case]:
    """Every case of a list that was put to the stack."""
    for identifier, measured in answers(name).get(stack.name, {}).items():
        request = requests(name)[identifier]
        if request["op"] == "encode":
            sent = sends(stack, bytes.fromhex(request["packet"]), node_of(request), request["mtu"])
            predicted, why = Answer(sent.frames, sent.crash), sent.refused or sent.crash or ""
        else:
            up = hands_up(stack, map(bytes.fromhex, request["frames"]), node_of(request))
            predicted, why = Answer(up.packets, up.crash), "; ".join((*up.dropped, up.crash or ""))
        yield Case(identifier, request, measured, predicted, why)


@dataclass(frozen=True)
class Figures:
    """Of one list: how many cases, how many agree, in how many the answer is the same."""

    asked: int
    agree: int
    same: int


def figures(stack: Stack, name: str) -> Figures:
    """The agreement of a stack over a list."""
    all_cases = list(cases(stack, name))
    return Figures(len(all_cases), sum(case.agrees for case in all_cases), sum(case.same for case in all_cases))


def main() -> None:
    """Print disagreements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("stacks", nargs="*", default=list(STACKS))
    parser.add_argument("--prefix", default="")
    parser.add_argument("--list", dest="lists", action="append", choices=LISTS)
    parser.add_argument("--outcome", action="store_true", help="only where the outcome differs, not the octets alone")
    parser.add_argument("-v", "--verbose", type=int, nargs="?", const=10_000, default=0, help="how many a group")
    parser.add_argument("--record", action="store_true", help="write the figures into the package")
    given = parser.parse_args()
    if given.record:
        record()
        return
    for stack in given.stacks:
        for name in given.lists or LISTS:
            _report(STACKS[stack], name, given)


def record() -> None:
    """Write the figures of every stack into the package, where ``p6lowpan stacks NAME`` finds them."""
    recorded = {
        stack.name: {name: list(astuple(found)) for name in LISTS if (found := figures(stack, name)).asked}
        for stack in STACKS.values()
    }
    rows = (f"{json.dumps(name)}: {json.dumps(lists)}" for name, lists in recorded.items())
    Path(measurement.__file__).with_name("agreement.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


WIDTH = 220


def _shown(octets: str) -> str:
    return octets if len(octets) <= WIDTH else f"{octets[:WIDTH]}... ({len(octets) // 2} octets)"


def _report(stack: Stack, name: str, given: argparse.Namespace) -> None:
    chosen = [case for case in cases(stack, name) if case.name.startswith(given.prefix)]
    if not chosen:
        return
    agree, same = sum(case.agrees for case in chosen), sum(case.same for case in chosen)
    print(f"{stack.name} {name}: {len(chosen)} cases, outcome {agree / len(chosen):.2%}, same {same / len(chosen):.2%}")
    differing = [case for case in chosen if not (case.agrees if given.outcome else case.same)]
    groups = Counter("/".join(case.name.split("/")[:2]) for case in differing)
    for group, count in groups.most_common():
        members = [case for case in differing if "/".join(case.name.split("/")[:2]) == group]
        print(f"  {group}: {count}, e.g. {', '.join(case.name for case in members[:4])}")
        for case in members[: given.verbose]:
            _show(case)


def _show(case: Case) -> None:
    asked = case.request
    print(f"    {case.name}  {asked['ll_src']} -> {asked['ll_dst']}  pan {asked['pan']}")
    for row in asked["contexts"]:
        print(f"      context {row['cid']} {row['prefix']}/{row['len']}")
    for octets in asked.get("frames", [asked.get("packet")]):
        print(f"      given     {_shown(octets)}")
    for label, answer in (("measured", case.measured), ("predicted", case.predicted)):
        for octets in answer.octets or (b"",):
            print(f"      {label:9} {_shown(octets.hex()) or '-'}{' crash: ' + answer.crash if answer.crash else ''}")
    for octets in asked.get("expect") or []:
        print(f"      expected  {_shown(octets)}")
    if case.why:
        print(f"      because   {case.why}")


if __name__ == "__main__":
    main()
