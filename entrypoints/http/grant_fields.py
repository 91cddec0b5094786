"""What a browser is told of its grant."""

from entrypoints.http.entering import Entered
from entrypoints.http.openapi.schema import fields, text, whole
from entrypoints.http.openapi.shared import CLIENT, FINGERPRINT, SUBJECT

GRANT = fields(
    {
        "session": FINGERPRINT,
        "client": CLIENT,
        "expires_in_seconds": whole("grant_expires_in_seconds"),
        "ends_in_seconds": whole("grant_ends_in_seconds"),
        "subject": SUBJECT,
        "bearer": text("bearer"),
    },
    optional=("subject", "bearer"),
)


def grant_fields(entered: Entered, now: int) -> dict[str, object]:
    """Say whose grant it is, of which session, and for how long: in seconds from ``now``.

    It ends after ``ends_in_seconds``, and after ``expires_in_seconds`` unless it is used.
    """
    client, grant = entered.client, entered.grant
    if grant is None:
        policy = client.policy
        ends_in = policy.bearer_ttl_seconds if entered.bearer else policy.grant_ttl_seconds
        expires_in = min(policy.grant_idle_seconds, ends_in)
    else:
        # This server's clock need not be the store's, so that neither is more than it can be.
        ends_in = max(0, grant.ends_at - now) // 1000
        expires_in = max(0, min(grant.expires_at - now, grant.idle_ms)) // 1000
    told: dict[str, object] = {
        "session": entered.session.fingerprint,
        "client": client.name,
        "expires_in_seconds": expires_in,
        "ends_in_seconds": ends_in,
    }
    if entered.payload.subject is not None:
        told["subject"] = entered.payload.subject
    if entered.bearer is not None:
        told["bearer"] = entered.bearer.text
    return told
