"""The cookie that holds an admin's pass to the dashboard.

Over HTTPS ``__Host-`` binds it to this host (RFC 6265bis section 4.1.3), and no other site's page
has a browser bring it along (``SameSite=Strict``).
"""

from collections.abc import Mapping
from http.cookies import Morsel

from attrs import frozen

from domain.dashboard_pass import LIFETIME_MS, DashboardPass
from entrypoints.http.face import Face
from entrypoints.http.head import Line

PLAIN_NAME = "framegate-dashboard"
SECURE_NAME = f"__Host-{PLAIN_NAME}"

Cookies = Mapping[str, Morsel[str]]


@frozen
class PassCookie:
    """``name`` and ``attributes`` are the same when it is set and when it is dropped."""

    name: str
    attributes: str

    @classmethod
    def of(cls, face: Face) -> "PassCookie":
        """Make it as secure as the address that browsers find the server at."""
        if face.public_url.startswith("https://"):
            return cls(SECURE_NAME, "Path=/; Secure; HttpOnly; SameSite=Strict")
        path = f"{face.assets.base_path}/dashboard"
        return cls(PLAIN_NAME, f"Path={path}; HttpOnly; SameSite=Strict")

    def held(self, cookies: Cookies) -> str | None:
        """Return what a browser has brought."""
        return cookies[self.name].value if self.name in cookies else None

    def hold(self, given: DashboardPass) -> Line:
        """Have the browser hold a pass."""
        value = f"{self.name}={given.text}; Max-Age={LIFETIME_MS // 1000}; {self.attributes}"
        return "Set-Cookie", value

    def drop(self) -> Line:
        """Have it forget the pass."""
        return "Set-Cookie", f"{self.name}=; Max-Age=0; {self.attributes}"
