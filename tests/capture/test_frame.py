import pytest

from p6lowpan.capture.frame import CapturedFrame, link_type_name


@pytest.mark.parametrize(("original", "missing"), [(5, 0), (9, 4), (3, 0)])
def test_a_frame_knows_what_the_snap_length_cut_off(original, missing):
    assert CapturedFrame(1, 0, b"abcde", 195, original).missing == missing


def test_a_link_type_has_its_registered_name_and_others_their_number():
    assert link_type_name(283) == "IEEE802_15_4_TAP (283)"
    assert link_type_name(147) == "147"
