"""What a session carries from the parent application to whoever redeems it."""

import json
from collections.abc import Mapping

from attrs import frozen

from domain.errors import InvalidMetadata, InvalidSubject

MOST_SUBJECT_CHARACTERS = 256
MOST_METADATA_BYTES = 2048


@frozen
class Payload:
    """Who the session is for and anything else the parent wants handed over.

    ``metadata`` is a JSON object kept as compact JSON text, so that a payload is
    immutable and what comes out is what went in.
    """

    subject: str | None = None
    metadata: str | None = None

    @classmethod
    def of(cls, subject: object = None, metadata: object = None) -> "Payload":
        """Check and take what a parent application sent.

        Raises ``InvalidSubject`` unless ``subject`` is a text of 1 to 256 printable
        characters, ``InvalidMetadata`` unless ``metadata`` is an object that takes at
        most 2,048 bytes as compact JSON in UTF-8. ``None`` leaves either out.
        """
        return cls(
            None if subject is None else _subject(subject),
            None if metadata is None else _metadata(metadata),
        )


def _subject(value: object) -> str:
    # isprintable() is false for control characters and for lone surrogates.
    fits = isinstance(value, str) and 1 <= len(value) <= MOST_SUBJECT_CHARACTERS
    if not fits or not str(value).isprintable():
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
