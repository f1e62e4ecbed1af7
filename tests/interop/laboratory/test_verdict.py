"""Who is right about a frame."""

from p6lowpan.capability.features import Feature
from p6lowpan.interop.laboratory.probes import CONTEXTS, LONG, PAN
from p6lowpan.interop.laboratory.verdict import OURS, Opinion, verdict
from p6lowpan.interop.laboratory.words.verdict import verdict_record
from p6lowpan.interop.node import Node
from p6lowpan.interop.prediction import HandedUp
from p6lowpan.interop.profiles import STACKS

NODE = Node(LONG, CONTEXTS, PAN)
ELIDED = bytes.fromhex("7e33f416330035")
UNCOMPRESSED_FRAGMENTS = [
    bytes.fromhex("c06400644160000000003c1140fe800000000000000012345678abcd01fe800000000000000012345678abcd02")
    + bytes.fromhex("16331633003c887385129570936790391406c0a04cd4d3a02210a91c61aea95253252c5fffa2fcfff4d75e21251fd645"),
    bytes.fromhex("e06400640b06a503e46f9d843c00938685"),
]


def opinion_of(frames: list[bytes], who: str) -> Opinion:
    groups = verdict(frames, NODE).groups
    return next(opinion for group in groups for opinion in group.opinions if opinion.who == who)


def test_every_stack_has_an_opinion_and_ours_comes_first() -> None:
    found = verdict([ELIDED], NODE)
    everyone = [opinion.who for group in found.groups for opinion in group.opinions]
    assert sorted(everyone) == sorted([*STACKS, OURS])
    assert found.groups[0].is_ours
    assert found.groups[0].opinions[0].who == OURS
    assert Feature.NHC_UDP_CHECKSUM_ELIDED in found.features
    assert [len(group.opinions) for group in found.groups[1:]] == sorted(
        (len(group.opinions) for group in found.groups[1:]), reverse=True
    )


def test_the_odd_ones_are_told_with_the_clause() -> None:
    contiki = opinion_of([ELIDED], "contiki")
    assert [quirk.clause for quirk in contiki.quirks] == ["RFC 6282 4.3.2"]
    assert opinion_of([ELIDED], "wisun-wsrd").quirks == ()


def test_fragments_are_put_together() -> None:
    first = UNCOMPRESSED_FRAGMENTS[0]
    frames = [first[: 4 + 1 + 88], UNCOMPRESSED_FRAGMENTS[1]]
    assert len(opinion_of(frames, OURS).up.packets[0]) == 100
    assert len(opinion_of(frames, "riot").up.packets[0]) == 100
    assert opinion_of(frames, "openthread").up.packets == ()


def test_other_decoders_stand_beside_the_stacks() -> None:
    ours = opinion_of([ELIDED], OURS).up.packets
    found = verdict([ELIDED], NODE, [("other", HandedUp(ours)), ("wrong", HandedUp((b"x",)))], [STACKS["riot"]])
    assert [[opinion.who for opinion in group.opinions] for group in found.groups] == [
        [OURS, "other"],
        ["wrong"],
        ["riot"],
    ]
    record = verdict_record(found)
    assert [group["ours"] for group in record["groups"]] == [True, False, False]
    assert record["groups"][2]["opinions"][0]["sections"] == ["RFC 6282 4.3.2"]


def test_what_is_no_frame_is_nothing_to_most() -> None:
    found = verdict([b""], NODE)
    assert found.groups[0].packets == ()
    assert found.features == frozenset()
