"""The query of an address, read as strictly as a body is."""

from collections.abc import Collection, Mapping

from entrypoints.http.bad_input import BadInput
from entrypoints.http.incoming import Incoming

QUERY_CODES = ("query_unknown", "query_repeated", "query_not_text")


def query_fields(incoming: Incoming, known: Collection[str]) -> Mapping[str, str]:
    """Return the fields of the query.

    Raises ``BadInput`` for a field that is not ``known``, comes twice or is no UTF-8: of a
    request to end something, a slip in a field must not make more of it.
    """
    fields = {}
    for name, values in incoming.query.items():
        if name not in known:
            raise BadInput("query_unknown", known=", ".join(known))
        if len(values) > 1:
            raise BadInput("query_repeated", field=name)
        try:
            fields[name] = values[0].decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadInput("query_not_text", field=name) from error
    return fields
