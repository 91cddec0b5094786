"""Make a new key."""

from attrs import frozen

from application.ports import Randomness
from domain.key import KEY_BYTES, compose_key, digest_key


@frozen(kw_only=True)
class IssuedKey:
    """The key, shown once, and the digest that is kept."""

    key: str
    digest: str


@frozen
class IssueKey:
    """Issues keys."""

    randomness: Randomness

    def execute(self) -> IssuedKey:
        """Make a key of 256 random bits."""
        key = compose_key(self.randomness.secret(KEY_BYTES))
        return IssuedKey(key=key, digest=digest_key(key))
