"""The settings as they are declared: what the reference and ``framegate settings`` are made of."""

from collections.abc import Sequence
from typing import Any

import attrs
import environ

from entrypoints.settings import Settings


@attrs.frozen(kw_only=True)
class Declared:
    """One setting: its variable, its field, and what its declaration says of it."""

    variable: str
    setting: str
    default: str
    allowed: str
    about: str


def declared_settings() -> Sequence[Declared]:
    """Return every setting, in the order of the declarations."""
    found: list[Declared] = []
    kind: Any = Settings  # which mypy does not know to be of attrs

    def take(told: list[dict[str, str]]) -> str:
        for field, one in zip(attrs.fields(kind), told, strict=True):
            setting = Declared(
                variable=one["var_name"],
                setting=field.name,
                default=one["default"],
                allowed=getattr(field.converter, "allowed", ""),
                about=one.get("help_str", ""),
            )
            found.append(setting)
        return ""

    environ.generate_help(kind, formatter=take)
    return found
