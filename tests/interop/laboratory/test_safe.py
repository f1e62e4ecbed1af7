"""The richest profile that several take."""

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import NEVER_CHOSEN, RFC6282, level_features, of_flex
from p6lowpan.interop.laboratory.delivery import failing
from p6lowpan.interop.laboratory.parties import StackParty, own, parties
from p6lowpan.interop.laboratory.safe import safe
from p6lowpan.interop.laboratory.words.safe import safe_record
from p6lowpan.interop.profiles import STACKS


def test_levels_take_the_lowest_of_them() -> None:
    found = safe(parties(["level-5", "level-3", "level-6"]))
    assert (found.level, found.features) == (3, level_features(3) - NEVER_CHOSEN)
    assert found.forbids["level-3"] >= level_features(5) - level_features(3)
    assert found.exempt == ()


def test_what_stocks_forbid_is_named_and_neither_level_nor_flex_field_goes_beyond() -> None:
    found = safe(parties(["contiki", "riot"]))
    assert Feature.SHORT_ADDRESSES in found.forbids["contiki"]
    assert Feature.TRAFFIC_CLASS in found.forbids["riot"]
    assert found.level == 0
    assert found.flex is not None
    assert of_flex(found.flex).receives - NEVER_CHOSEN <= found.features


def test_who_does_not_take_uncompressed_packets_leaves_no_level() -> None:
    found = safe(parties(["openthread", "nanostack"]))
    assert (found.level, found.flex) == (None, None)


def test_what_a_safe_profile_still_loses_is_told_with_the_quirk() -> None:
    found = safe(parties(["riot"]))
    (traffic,) = (each for each in found.exempt if "traffic class" in each.reason.says)
    assert traffic.delivery.probe.name.startswith("traffic/")
    record = safe_record(found)
    assert record["exceptions"][0]["stack"] == "riot"
    assert record["level"] == found.level


def test_no_packet_is_lost_but_by_the_quirks_that_are_told() -> None:
    found = safe(parties(["openthread"]))
    told = [quirk for each in found.exempt for quirk in each.reason.quirks]
    assert told
    mended = StackParty(STACKS["openthread"].without(*told))
    assert list(failing(own(found.profile), mended)) == []
    assert found.profile.sends <= RFC6282.sends
