"""Which page has sent a form: none but the dashboard's own may."""

from collections.abc import Mapping

from domain.origin import is_loopback, same_form
from entrypoints.http.bad_input import BadInput
from entrypoints.http.embedding import origin_of

ORIGIN_CODES = ("origin_foreign",)


def check_origin(headers: Mapping[str, str], public_url: str, *, demo: bool) -> None:
    """Raise ``BadInput`` (403) for what another origin's page has sent, or nobody knows which.

    Browsers say so by ``Origin`` whenever they post (Fetch Standard), and no script can change it.
    ``SameSite`` alone would let in pages of other ports and of sibling hosts.

    A demo asks for no key, so that a page whose name has been made to lead to this machine (DNS
    rebinding) would be its own: there the host must be this machine by name or address.
    """
    if demo and not is_loopback(f"http://{headers.get('Host', '')}"):
        raise BadInput("origin_foreign")
    origin, site = same_form(headers.get("Origin", "")), headers.get("Sec-Fetch-Site")
    if origin not in _own(headers, public_url) or site not in {None, "same-origin"}:
        raise BadInput("origin_foreign")


def _own(headers: Mapping[str, str], public_url: str) -> set[str]:
    host = headers.get("Host", "")
    named = [origin_of(public_url), f"http://{host}", f"https://{host}"]
    return {origin for each in named if (origin := same_form(each)) is not None}
