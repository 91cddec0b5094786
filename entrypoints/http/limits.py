"""The limits that a server sets to connections, whichever transport it runs on."""

from attrs import frozen

# The bytes that are read before a request's head is given up. More than the 8 KiB that a
# handler accepts, because a handler has more to say about it.
HEAD_BUFFER_BYTES = 32 * 1024
BODY_SECONDS = 5
FIRST_REQUEST_SECONDS = 10


@frozen(kw_only=True)
class HttpLimits:
    """Seconds. ``keep_alive`` is the idle time between two requests of a connection."""

    keep_alive: float = 75
    first_request: float = FIRST_REQUEST_SECONDS
    body: float = BODY_SECONDS
