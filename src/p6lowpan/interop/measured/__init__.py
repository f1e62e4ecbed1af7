"""What each stack answered when it was measured: facts, which profiles are checked against.

Three lists of requests (``decode`` and ``random``: frames; ``encode``: packets) were put to each stack's own code. The
files beside this module hold the answers, a JSON line a request: its ``id``, and ``answers``, each with the ``stacks``
that gave it and ``packets`` (handed up, as handed up), or ``frames`` (sent), and ``crash`` where the stack stopped.
"""

import json
import lzma
from dataclasses import dataclass
from functools import cache
from importlib import resources

LISTS = ("decode", "encode", "random")


@dataclass(frozen=True, slots=True)
class Answer:
    """``octets``: packets handed up or frames sent; ``crash``: how the stack ended, or ``None``."""

    octets: tuple[bytes, ...]
    crash: str | None = None


@cache
def answers(name: str) -> dict[str, dict[str, Answer]]:
    """The answers to a list, by stack and request."""
    packed = resources.files(__name__).joinpath(f"{name}.jsonl.xz").read_bytes()
    found: dict[str, dict[str, Answer]] = {}
    for line in lzma.decompress(packed).decode().splitlines():
        row = json.loads(line)
        for given in row["answers"]:
            octets = given.get("frames" if name == "encode" else "packets", [])
            answer = Answer(tuple(map(bytes.fromhex, octets)), given.get("crash"))
            for stack in given["stacks"]:
                found.setdefault(stack, {})[row["id"]] = answer
    return found
