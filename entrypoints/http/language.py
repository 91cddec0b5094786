"""The language of an answer, by the header ``Accept-Language``."""

from functools import lru_cache

from tornado import locale

from entrypoints.texts import LANGUAGES


@lru_cache(maxsize=256)
def accepted_language(header: str | None, default: str) -> locale.Locale:
    """Return the language liked best of those there are; ``default`` is a key of ``LANGUAGES``.

    RFC 9110 section 12.5.4; a quality that is no number counts as none.
    """
    return locale.get(*(_liked(header) if header else ()), LANGUAGES[default])


def _liked(header: str) -> tuple[str, ...]:
    """Name the languages in the order of their quality, without those that are refused."""
    ranges = [_range(text) for text in header.split(",")]
    ranges.sort(key=lambda one: one[1], reverse=True)
    return tuple(name for name, quality in ranges if quality > 0)


def _range(text: str) -> tuple[str, float]:
    name, _, weight = text.strip().partition(";")
    weight = weight.strip()
    if not weight.startswith("q="):
        return name, 1.0
    try:
        return name, float(weight[2:])
    except ValueError:
        return name, 0.0
