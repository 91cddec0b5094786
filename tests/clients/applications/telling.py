"""What the applications tell."""

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import asdict

from framegate_client import visitor

OPEN = ("/healthz",)
PATIENCE = 50  # seconds: the machine may have a lot to do
OWN_POLICY = {"Content-Security-Policy": "img-src 'self'", "Referrer-Policy": "unsafe-url"}


def tell(request: Mapping[str, Any], names: Iterable[str]) -> bytes:
    """Tell the visitor of a scope or an environ, and the headers that say who somebody is."""
    try:
        seen = asdict(visitor(request))
    except KeyError:
        seen = None
    return json.dumps({"visitor": seen, "claims": claims(names)}).encode()


def claims(names: Iterable[str]) -> list[str]:
    return [name for name in names if "framegate" in name.lower() and name.startswith(_HEADER)]


_HEADER = ("x", "X", "HTTP_")


def begin() -> str:
    """Log everything, and return where framegate is."""
    logging.basicConfig(level=logging.DEBUG)
    return sys.argv[1]


def say_where(port: int) -> None:
    sys.stdout.write(f"http://127.0.0.1:{port}\n")
    sys.stdout.flush()
