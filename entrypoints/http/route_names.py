"""What metrics call a route by."""

import re
from functools import lru_cache

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


@lru_cache(maxsize=256)
def name_of(route: type) -> str:
    """Return the name of its class in small letters: ``open_iframe`` of ``OpenIframeRoute``."""
    name = route.__name__.removesuffix("Handler").removesuffix("Route")
    return _WORD.sub("_", name).lower()
