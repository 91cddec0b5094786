"""The session id: the secret that the browser carries, and what may be kept of it."""

import base64
import hashlib
import re

from attrs import field, frozen

from domain.errors import MalformedSessionId

LEAST_SECRET_BYTES = 16
MOST_CHARACTERS = 128
DIGEST_BYTES = 32

_PREFIX = "fgs"
_ID = re.compile(rf"({_PREFIX}_[0-9a-f]{{8}})_[A-Za-z0-9_-]{{8,}}")
_FORM = re.compile(rf"{_PREFIX}_(?P<tag>[0-9a-f]{{8}})_[A-Za-z0-9_-]{{22,}}")


_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


def is_fingerprint(text: str) -> bool:
    """Tell whether a text has the form of a ``Digest.fingerprint``."""
    return _FINGERPRINT.fullmatch(text) is not None


@frozen
class Digest:
    """The SHA-256 of a session id: 32 bytes, and the only form in which an id is kept."""

    raw: bytes

    @classmethod
    def of(cls, text: str) -> "Digest":
        """Digest ``text``; it must be encodable as UTF-8."""
        return cls(hashlib.sha256(text.encode()).digest())

    @property
    def fingerprint(self) -> str:
        """The first 12 hex digits: what people and logs call the session by."""
        return self.raw[:6].hex()


@frozen
class SessionId:
    """A text that may be a session id.

    The form is ``fgs_<client tag>_<secret>``: the prefix lets secret scanners recognise a
    leaked id, the tag says whose session it is (so that one look-up in one client's keys
    is enough) without telling the client's name, and the secret is random bytes. Being well
    formed proves nothing; only the store knows which ids exist.
    """

    text: str = field(repr=False)
    digest: Digest = field(init=False, eq=False)
    """What may be stored, logged and listed."""

    @digest.default
    def _digest(self) -> Digest:
        return Digest.of(self.text)

    @classmethod
    def compose(cls, client_tag: str, secret: bytes) -> "SessionId":
        """Make the id of a new session from at least 128 random bits.

        OWASP's Session Management Cheat Sheet asks for 64 bits of entropy, RFC 6749
        section 10.10 for 128. Raises ``ValueError`` for a shorter secret.
        """
        if len(secret) < LEAST_SECRET_BYTES:
            message = f"a session id needs {LEAST_SECRET_BYTES} random bytes, got {len(secret)}"
            raise ValueError(message)
        encoded = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
        return cls(f"{_PREFIX}_{client_tag}_{encoded}")

    @classmethod
    def compose_many(cls, client_tag: str, secrets: bytes, size: int) -> "tuple[SessionId, ...]":
        """Make the ids of new sessions from random bytes, ``size`` for each.

        Raises ``ValueError`` where these are less than 128 bits, or not whole threes of bytes:
        only of such does base64 write the same together as apart.
        """
        if size < LEAST_SECRET_BYTES or size % 3 or len(secrets) % size:
            message = f"session ids cannot be made of {len(secrets)} bytes, {size} each"
            raise ValueError(message)
        encoded = base64.urlsafe_b64encode(secrets).decode()
        prefix, step = f"{_PREFIX}_{client_tag}_", size // 3 * 4
        return tuple([cls(prefix + encoded[at : at + step]) for at in range(0, len(encoded), step)])

    @classmethod
    def presented(cls, text: str) -> "SessionId":
        """Take what a caller presents as an id.

        Raises ``MalformedSessionId`` for what no id could be: an empty text, more than
        128 characters, anything but printable ASCII. Any other text is an id that the
        store may or may not know.
        """
        if not text:
            raise MalformedSessionId("empty")
        if len(text) > MOST_CHARACTERS:
            raise MalformedSessionId("too_long")
        if not (text.isascii() and text.isprintable()):
            raise MalformedSessionId("not_printable_ascii")
        return cls(text)

    @property
    def client_tag(self) -> str | None:
        """The tag of the client that created it, ``None`` where the form is not ours."""
        form = _FORM.fullmatch(self.text)
        return form["tag"] if form else None


def hide_ids(text: str) -> str:
    """Return ``text`` with every session id in it cut short after the client's tag."""
    # Most texts have none, and to see that much is quick.
    return _ID.sub(r"\1_[redacted]", text) if _PREFIX in text else text
