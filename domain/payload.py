"""What a session carries from the parent application to whoever redeems it."""

import json
from collections.abc import Mapping
from unicodedata import category

from attrs import frozen

from domain.errors import InvalidMetadata, InvalidSubject

# Control, format and separating characters and lone surrogates, which show nothing or turn
# the text around, but for the two joiners that some scripts and emoji need. Not
# isprintable(): that refuses a no-break space as well.
_UNFIT = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"

MOST_SUBJECT_CHARACTERS = 256
MOST_METADATA_BYTES = 2048


@frozen
class Payload:
    """Who the session is for and anything else the parent wants handed over.

    ``metadata`` is a JSON object kept as compact JSON text, so that a payload is
    immutable and comes out as it went in.
    """

    subject: str | None = None
    metadata: str | None = None

    @classmethod
    def of(cls, subject: object = None, metadata: object = None) -> "Payload":
        """Check and take what a parent application sent.

        Raises ``InvalidSubject`` unless ``subject`` is a text of 1 to 256 characters, none
        of which is for control or for breaking lines, ``InvalidMetadata`` unless
        ``metadata`` is an object that takes at most 2,048 bytes as compact JSON in UTF-8.
        ``None`` leaves either out.
        """
        if subject is None and metadata is None:
            return EMPTY
        return cls(
            None if subject is None else _subject(subject),
            None if metadata is None else _metadata(metadata),
        )


EMPTY = Payload()
"""What most sessions carry."""


def _subject(value: object) -> str:
    fits = isinstance(value, str) and 1 <= len(value) <= MOST_SUBJECT_CHARACTERS
    if not fits or any(category(c) in _UNFIT and c not in _JOINERS for c in str(value)):
        raise InvalidSubject(MOST_SUBJECT_CHARACTERS)
    return str(value)


def _metadata(value: object) -> str:
    refused = InvalidMetadata(MOST_METADATA_BYTES)
    if not isinstance(value, Mapping):
        raise refused
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise refused from error
    if size > MOST_METADATA_BYTES:
        raise refused
    return text
