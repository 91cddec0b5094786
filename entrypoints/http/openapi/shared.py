"""Schemas of what many requests and answers have."""

from collections.abc import Mapping

from domain.payload import MOST_SUBJECT_CHARACTERS
from domain.policy import MOST_TTL_SECONDS
from domain.session_id import MOST_CHARACTERS
from entrypoints.http.openapi.schema import Schema, nullable, text, whole

PRESENTED_ID = text("session_id", minLength=1, maxLength=MOST_CHARACTERS, pattern="^[ -~]*$")
GIVEN_ID = text("given_id")
IFRAME_URL = text("iframe_url", format="uri-reference")
FINGERPRINT = text("fingerprint", pattern="^[0-9a-f]{12}$")
CLIENT = text("client")
SUBJECT = text("subject", minLength=1, maxLength=MOST_SUBJECT_CHARACTERS)
METADATA: Schema = {"type": "object", "description": "api.field.metadata"}
YES: Schema = {"const": True, "description": "api.field.valid"}
STORAGE = text("storage", enum=["redis", "memory"])

WISHES: Mapping[str, Schema] = {
    "subject": nullable(SUBJECT),
    "metadata": nullable(METADATA),
    "ttl_seconds": nullable(whole("ttl_seconds", 1, maximum=MOST_TTL_SECONDS)),
}
"""What may be wished for of a session."""

LIFETIME: Mapping[str, Schema] = {
    "expires_in_minutes": whole("expires_in_minutes"),
    "expires_in_seconds": whole("expires_in_seconds"),
}

SETS_GRANT: Mapping[str, Schema] = {"Set-Cookie": text("sets_grant")}
"""Where an answer gives a grant, or takes one away."""
