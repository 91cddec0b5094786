"""Bodies of HTML forms (URL Standard, application/x-www-form-urlencoded)."""

from urllib.parse import parse_qsl

from entrypoints.http.bad_input import BadInput
from entrypoints.http.incoming import Incoming

MEDIA_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 16

FORM_CODES = ("body_not_form", "body_repeats_field")


def is_form(incoming: Incoming) -> bool:
    """Tell whether the body says that it is a form."""
    media_type = incoming.headers.get("Content-Type", "").partition(";")[0]
    return media_type.strip().lower() == MEDIA_TYPE


def form_fields(incoming: Incoming) -> dict[str, str]:
    """Return the fields of the form in the request's body. Raises ``BadInput``.

    What cannot be told apart is refused, as with JSON: a field that comes twice.
    """
    try:
        pairs = parse_qsl(
            incoming.body.read().decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise BadInput("body_not_form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadInput("body_repeats_field")
    return fields
