"""Requests that a browser makes ahead of a person."""

from collections.abc import Mapping

from entrypoints.http.bad_input import BadInput

# Sec-Purpose: Fetch Standard and Speculation Rules; Purpose: older Chromium and Safari;
# X-Moz: older Firefox.
_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD = ("prefetch", "prerender", "preview")

PREFETCH_CODES = ("prefetch_refused",)


def refuse_prefetch(headers: Mapping[str, str]) -> None:
    """Raise ``BadInput`` (403) for a prefetch or a prerender: nobody has asked yet.

    A browser throws a failed prefetch away and asks again when the person does.
    """
    for name in _HEADERS:
        if name in headers and any(word in headers[name].lower() for word in _AHEAD):
            raise BadInput("prefetch_refused")
