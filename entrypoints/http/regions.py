"""Which country a browser asks from."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from application.ports import RegionResolver
from entrypoints.http.incoming import Incoming
from entrypoints.http.proxies import Proxies

_NOTHING: Mapping[str, str] = MappingProxyType({})


@frozen
class Regions:
    """Asks the resolver for the country, and has it believe nobody but a trusted proxy.

    Without a resolver nobody's country is known.
    """

    _proxies: Proxies = Proxies()
    _resolver: RegionResolver | None = None

    def of(self, incoming: Incoming) -> str:
        """Return the country's code, empty where it is not known."""
        if self._resolver is None:
            return ""
        told = incoming.headers if self._proxies.trusts(incoming.peer) else _NOTHING
        return self._resolver.region(incoming.remote, told)
