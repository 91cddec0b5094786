"""What lets an admin's browser go on at the dashboard: a name, an end, and a seal."""

import base64
import hmac
import re

from attrs import field, frozen

from domain.client import Admin

LIFETIME_MS = 8 * 3_600_000

_CONTEXT = "framegate dashboard"
_TEXT = re.compile(r"([a-z0-9-]{1,48})\.([0-9]{1,16})\.([A-Za-z0-9_-]{43})", re.ASCII)


@frozen
class DashboardPass:
    """``admin`` may look on and revoke until ``ends_at``, in ms since the epoch.

    Nobody has to remember it: the seal is an HMAC (RFC 2104) under the digest of the key that it
    was given for. It ends with that key, wherever the clients file no longer has it.
    """

    admin: str
    ends_at: int
    seal: str = field(repr=False)

    @classmethod
    def give(cls, admin: str, ends_at: int, key_digest: str) -> "DashboardPass":
        """Make the pass for a key of an admin."""
        return cls(admin, ends_at, _seal(admin, ends_at, key_digest))

    @classmethod
    def presented(cls, text: str) -> "DashboardPass | None":
        """Read one; ``None`` for what has not the form of one. Whether it is good, ``holds`` says.

        Of a number only the form that ``text`` writes is one.
        """
        parts = _TEXT.fullmatch(text)
        if parts is None or parts[2] != str(int(parts[2])):
            return None
        return cls(parts[1], int(parts[2]), parts[3])

    @property
    def text(self) -> str:
        """The form in which the browser carries it."""
        return f"{self.admin}.{self.ends_at}.{self.seal}"

    def holds(self, admin: Admin, now: int) -> bool:
        """Tell whether it is this admin's, by a key that is live, and its end has not come."""
        return (
            admin.name == self.admin
            and now < self.ends_at
            and any(
                hmac.compare_digest(self.seal, _seal(self.admin, self.ends_at, digest))
                for digest in admin.keys
            )
        )


def _seal(admin: str, ends_at: int, key_digest: str) -> str:
    said = f"{_CONTEXT}\n{admin}\n{ends_at}".encode()
    seal = hmac.digest(key_digest.encode(), said, "sha256")
    return base64.urlsafe_b64encode(seal).rstrip(b"=").decode()
