"""framegate from Python: a client for backends, and gates for applications.

``Client`` and ``AsyncClient`` create sessions, redeem them and end them. The gates have modules
of their own: ``framegate_client.asgi``, ``framegate_client.wsgi`` and ``framegate_client.tornado``.
"""

from framegate_client.async_client import AsyncClient
from framegate_client.client import Client
from framegate_client.errors import (
    BadRequest,
    CapReached,
    FramegateError,
    KeyRejected,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
)
from framegate_client.results import (
    CleanedUp,
    Grant,
    Health,
    KnownSession,
    Redeemed,
    Revoked,
    Session,
    Status,
)
from framegate_client.visitor import Visitor, visitor

__all__ = [
    "AsyncClient",
    "BadRequest",
    "CapReached",
    "CleanedUp",
    "Client",
    "FramegateError",
    "Grant",
    "Health",
    "KeyRejected",
    "KnownSession",
    "NotFound",
    "RateLimited",
    "Redeemed",
    "Refused",
    "Revoked",
    "Session",
    "Status",
    "Unavailable",
    "Visitor",
    "visitor",
]
