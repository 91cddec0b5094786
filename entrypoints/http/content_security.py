"""Content Security Policies (W3C CSP Level 3): which page may load what, and be framed by whom."""

from collections.abc import Iterable

from domain.client import Client

NOBODY = ("'none'",)
SELF = "'self'"

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For JSON: not a page, and never to be one."""


def frame_ancestors(client: Client | None) -> str:
    """Let only the session's own client embed the page; nobody, where it has no origins."""
    origins = client.origins if client else ()
    return f"frame-ancestors {' '.join(origins or NOBODY)}"


def frame_ancestors_and_self(client: Client | None) -> str:
    """Let the client embed what framegate's own pages show inside themselves; no others."""
    if client is None:
        return frame_ancestors(None)
    return f"frame-ancestors {' '.join(dict.fromkeys((*client.origins, SELF)))}"


def page_policy(
    framing: str,
    script_hashes: Iterable[str] = (),
    *,
    asks: bool = False,
    framed_origins: Iterable[str] = (SELF,),
) -> str:
    """Let a page of framegate's own use framegate's own files, scripts by their hash.

    One that ``asks`` may send requests and forms to framegate, and frame what it serves, or
    what the ``framed_origins`` do.

    ``'self'`` stands beside the hashes for browsers that know hashes of inline scripts
    only; the ``integrity`` attribute holds these to the same content.
    """
    hashes = " ".join(f"'{script}'" for script in script_hashes)
    scripts = f"script-src 'self' {hashes}; " if hashes else ""
    asking = f"connect-src 'self'; frame-src {' '.join(framed_origins)}; " if asks else ""
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self'; {scripts}{asking}"
        f"form-action {SELF if asks else NOBODY[0]}; base-uri 'none'; {framing}"
    )
