"""Texts that are to stand in a header."""

import re

_VISIBLE = re.compile(r"[!-~]{1,255}")


def check_visible(text: str, what: str) -> str:
    """Return the text. Raises ``ValueError`` unless it is 1 to 255 visible ASCII characters.

    The error names ``what`` it is and never shows it: the libraries below would.
    """
    if not _VISIBLE.fullmatch(text):
        message = (
            f"{what} must be 1 to 255 visible ASCII characters: does it end with a line break?"
        )
        raise ValueError(message)
    return text
