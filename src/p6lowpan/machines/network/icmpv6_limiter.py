"""How many ICMPv6 errors a node sends: a token bucket (RFC 4443 section 2.4 f).

"Rate-limiting mechanisms that cannot cope with bursty traffic (e.g., traceroute) are not recommended". The bucket holds
``icmpv6_error_burst`` tokens and gets ``icmpv6_errors_per_second`` back. It is kept as the one time at which it will be
full again, so that nothing is rounded and nothing has to be counted while time passes.
"""

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits

SECOND_US = 1_000_000


class TokenBucket:
    """A bucket that is full at first. Raises :class:`UsageError` where it would never give a token."""

    def __init__(self, limits: Limits) -> None:
        if limits.icmpv6_error_burst < 1 or limits.icmpv6_errors_per_second < 1:
            raise UsageError("a bucket needs room for a token, and gets one back in a second at least")
        self._period_us = -(-SECOND_US // limits.icmpv6_errors_per_second)
        self._largest_debt_us = (limits.icmpv6_error_burst - 1) * self._period_us
        self._full_at: int | None = None

    def take(self, now: int) -> bool:
        """Take a token; false where there is none."""
        full_at = now if self._full_at is None else max(self._full_at, now)
        if full_at - now > self._largest_debt_us:
            return False
        self._full_at = full_at + self._period_us
        return True
