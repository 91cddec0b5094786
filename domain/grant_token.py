"""The grant token: the secret that a browser holds after the redeem."""

import base64
import re

from attrs import field, frozen

from domain.session_id import DIGEST_BYTES, LEAST_SECRET_BYTES, Digest

_PREFIX = "fgg"
_TOKEN = re.compile(rf"({_PREFIX}_[0-9a-f]{{8}})_[A-Za-z0-9_-]{{8,}}")
_FORM = re.compile(rf"{_PREFIX}_(?P<tag>[0-9a-f]{{8}})_(?P<rest>[A-Za-z0-9_-]{{64,96}})")


@frozen
class GrantToken:
    """A text of the form ``fgg_<client tag>_<session's digest and secret>``.

    It says whose grant it is and of which session, so that one look-up finds it and a browser
    that holds several can tell them apart; neither is a secret. The rest is random bytes.
    """

    text: str = field(repr=False)
    client_tag: str
    session: Digest
    digest: Digest = field(init=False, eq=False)
    """What may be stored, logged and listed."""

    @digest.default
    def _digest(self) -> Digest:
        return Digest.of(self.text)

    @classmethod
    def compose(cls, client_tag: str, session: Digest, secret: bytes) -> "GrantToken":
        """Make the token of a new grant from at least 128 random bits.

        Raises ``ValueError`` for a shorter secret.
        """
        if len(secret) < LEAST_SECRET_BYTES:
            message = f"a grant needs {LEAST_SECRET_BYTES} random bytes, got {len(secret)}"
            raise ValueError(message)
        encoded = base64.urlsafe_b64encode(session.raw + secret).rstrip(b"=").decode()
        return cls(f"{_PREFIX}_{client_tag}_{encoded}", client_tag, session)

    @classmethod
    def presented(cls, text: str) -> "GrantToken | None":
        """Take what a browser presents as a token; ``None`` where the form is not ours."""
        form = _FORM.fullmatch(text)
        if form is None:
            return None
        try:
            raw = base64.urlsafe_b64decode(form["rest"] + "=" * (-len(form["rest"]) % 4))
        except ValueError:
            return None
        return cls(text, form["tag"], Digest(raw[:DIGEST_BYTES]))


def hide_tokens(text: str) -> str:
    """Return ``text`` with every grant token in it cut short after the client's tag."""
    return _TOKEN.sub(r"\1_[redacted]", text) if _PREFIX in text else text
