"""The bounds."""

import dataclasses

import pytest

from p6lowpan.capability.limits import P6LOWPAN, RFC6282, Limits

EACH_LIMIT = pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Limits)])


@EACH_LIMIT
def test_every_bound_is_finite_and_not_negative(name):
    for limits in (P6LOWPAN, RFC6282):
        assert isinstance(getattr(limits, name), int)
        assert getattr(limits, name) >= 0


@EACH_LIMIT
def test_plain_rfc6282_is_nowhere_tighter(name):
    if name == "extension_headers_in_order":
        assert (getattr(P6LOWPAN, name), getattr(RFC6282, name)) == (True, False)
    else:
        assert getattr(RFC6282, name) >= getattr(P6LOWPAN, name)


def test_the_growth_bound_is_the_sum_that_the_draft_gives():
    # 38 octets of IPv6, 6 of UDP, 7 of one extension header
    assert P6LOWPAN.header_growth_octets == 38 + 6 + 7


def test_a_datagram_is_never_kept_longer_than_the_rfc_allows():
    # RFC 4944 section 5.3: at most 60 s
    assert max(P6LOWPAN.reassembly_timeout_us, RFC6282.reassembly_timeout_us) <= 60_000_000


def test_limits_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        P6LOWPAN.contexts = 17
