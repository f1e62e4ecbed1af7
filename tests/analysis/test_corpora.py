"""Three corpora through the oracle, as any other implementation would be asked; and nobody's frames are smaller.

``decode.jsonl`` and ``random.jsonl`` hold frames and the packets that must come out; ``encode.jsonl`` holds packets;
``smallest_known.json`` the octets that the most thrifty of fourteen real implementations needed for each of those.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from p6lowpan.analysis.oracle import answer

VECTORS = Path(__file__).parents[1] / "vectors"
ASKED = ("op", "id", "pan", "ll_src", "ll_dst", "contexts", "frames", "packet", "mtu")
Json = dict[str, Any]


def rows(name: str) -> list[Json]:
    return [json.loads(line) for line in (VECTORS / name).read_text("utf-8").splitlines()]


def asked(row: Json, **more: object) -> Json:
    return answer(json.dumps({key: row[key] for key in ASKED if key in row} | more))


@pytest.mark.parametrize(("name", "cases", "told"), [("decode.jsonl", 857, 857), ("random.jsonl", 1000, 913)])
def test_every_frame_gives_the_packets_that_it_holds(name: str, cases: int, told: int) -> None:
    """What is bad or incomplete gives none; where nothing is claimed, an answer is enough."""
    corpus = rows(name)
    expected = {row["id"]: sorted(set(row["expect"] or [])) for row in corpus if claims(row)}
    answers = {row["id"]: asked(row) for row in corpus}
    assert (len(answers), len(expected)) == (cases, told)
    assert {each: sorted(set(answers[each]["packets"])) for each in expected} == expected
    assert all(one["id"] == each for each, one in answers.items())


def claims(row: Json) -> bool:
    return row.get("expect") is not None or row["kind"] in ("bad", "incomplete")


@pytest.mark.parametrize("name", ["decode.jsonl", "random.jsonl"])
def test_a_frame_that_gives_no_packet_says_why(name: str) -> None:
    silent = [row["id"] for row in rows(name) if not (got := asked(row))["packets"] and not got["errors"]]
    assert silent == []


@pytest.fixture(scope="module")
def encoded() -> dict[str, tuple[Json, Json]]:
    """Each packet's row and the answer."""
    return {row["id"]: (row, asked(row)) for row in rows("encode.jsonl")}


def test_every_packet_comes_back_from_its_frames_which_keep_the_mtu(encoded: dict[str, tuple[Json, Json]]) -> None:
    assert len(encoded) == 565
    for row, given in encoded.values():
        assert max(len(frame) for frame in given["frames"]) <= 2 * row["mtu"]
        back = asked(row, op="decode", frames=given["frames"])
        assert (row["id"], back["packets"], back["errors"]) == (row["id"], [row["packet"]], [])
        assert {key: back[key] for key in ("features", "level", "growth")} == {
            key: given[key] for key in ("features", "level", "growth")
        }


def test_no_known_implementation_needs_fewer_octets(encoded: dict[str, tuple[Json, Json]]) -> None:
    known = json.loads((VECTORS / "smallest_known.json").read_text("utf-8"))["cases"]
    ours = {each: sum(len(frame) // 2 for frame in given["frames"]) for each, (_, given) in encoded.items()}
    assert known.keys() == ours.keys()
    assert {each: (ours[each], known[each]) for each in ours if ours[each] > known[each]["octets"]} == {}


@pytest.mark.parametrize("level", range(7))
def test_every_level_sends_what_every_level_from_it_on_takes(level: int, encoded: dict[str, tuple[Json, Json]]) -> None:
    for row in thinned(encoded):
        given = asked(row, profile=f"level-{level}")
        assert given["level"] is not None
        assert given["level"] <= level
        assert given["growth"] <= 51
        for above in {level, 6}:
            back = asked(row, op="decode", frames=given["frames"], profile=f"level-{above}")
            assert (row["id"], back["packets"], back["replies"]) == (row["id"], [row["packet"]], [])


def thinned(encoded: dict[str, tuple[Json, Json]]) -> Iterator[Json]:
    """Every seventh case, for time; short ones, because generic compression of long payloads takes its time."""
    return (row for row, _ in list(encoded.values())[::7] if len(row["packet"]) < 600)
