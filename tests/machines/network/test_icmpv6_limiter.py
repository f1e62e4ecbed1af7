"""The token bucket of RFC 4443 section 2.4 f."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.machines.network.icmpv6_limiter import TokenBucket
from properties.network import limited

SECOND = 1_000_000


def test_a_full_bucket_gives_its_burst_and_not_one_more():
    bucket = TokenBucket(P6LOWPAN)
    assert [bucket.take(7) for _ in range(P6LOWPAN.icmpv6_error_burst + 1)] == [True] * 10 + [False]


def test_a_token_comes_back_after_its_time_and_not_before():
    bucket = TokenBucket(limited(icmpv6_error_burst=1, icmpv6_errors_per_second=10))
    assert bucket.take(0)
    assert not bucket.take(99_999)
    assert bucket.take(100_000)
    assert not bucket.take(100_000)


def test_a_rest_fills_the_bucket_and_does_not_overfill_it():
    bucket = TokenBucket(limited(icmpv6_error_burst=3, icmpv6_errors_per_second=1))
    for _ in range(3):
        bucket.take(0)
    assert [bucket.take(3600 * SECOND) for _ in range(4)] == [True, True, True, False]


def test_a_rate_that_does_not_divide_a_second_is_never_exceeded():
    bucket = TokenBucket(limited(icmpv6_error_burst=1, icmpv6_errors_per_second=3))
    assert [bucket.take(now) for now in (0, 333_333, 333_334, 666_668)] == [True, False, True, True]


@pytest.mark.parametrize("name", ["icmpv6_error_burst", "icmpv6_errors_per_second"])
def test_a_bucket_that_never_gives_a_token_is_refused(name):
    with pytest.raises(UsageError):
        TokenBucket(limited(**{name: 0}))


@given(st.lists(st.integers(0, 300_000), max_size=80), st.integers(1, 5), st.integers(1, 30))
def test_in_no_span_of_time_are_there_more_than_the_burst_and_the_rate_allow(pauses, burst, rate):
    bucket = TokenBucket(limited(icmpv6_error_burst=burst, icmpv6_errors_per_second=rate))
    now, given_at = 0, []
    for pause in pauses:
        now += pause
        if bucket.take(now):
            given_at.append(now)
    for first, start in enumerate(given_at):
        for last, end in enumerate(given_at[first:], start=1):
            assert last <= burst + (end - start) * rate / SECOND


def test_a_copied_bucket_is_independent():
    bucket = TokenBucket(limited(icmpv6_error_burst=1))
    other = copy.deepcopy(bucket)
    assert other.take(0)
    assert bucket.take(0)
