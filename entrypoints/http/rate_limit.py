"""The ``RateLimit`` fields, which tell a program how much it may do yet."""

from domain.rate import Allowance
from entrypoints.http.head import Line
from entrypoints.http.openapi.schema import text

RATE_LIMIT_FIELDS = {"RateLimit-Policy": text("ratelimit_policy"), "RateLimit": text("ratelimit")}


def rate_limit_fields(allowance: Allowance | None) -> tuple[Line, ...]:
    """Write what is left of a rate, as draft-ietf-httpapi-ratelimit-headers has it.

    Without an allowance there is nothing to tell. Times are in whole seconds, rounded up.
    """
    if allowance is None:
        return ()
    quota, window = allowance.rate.most, _seconds(allowance.rate.window_ms)
    return (
        ("RateLimit-Policy", f'"default";q={quota};w={window}'),
        ("RateLimit", f'"default";r={allowance.left};t={_seconds(allowance.resets_in_ms)}'),
    )


def _seconds(ms: int) -> int:
    return max(1, -(-ms // 1000))
