"""The HTTP face."""

from urllib.parse import urlsplit

from injector import Module, provider, singleton
from tornado.web import Application

from adapters.metrics.request_meter import RequestMeter
from application.ports import Clock, RegionResolver
from entrypoints.container.metrics import Metering
from entrypoints.http.admission import Admission
from entrypoints.http.app import UseCases, make_app
from entrypoints.http.assets import Assets
from entrypoints.http.drain import Drain
from entrypoints.http.face import Face
from entrypoints.http.iframe_page import IframePage
from entrypoints.http.proxies import Proxies
from entrypoints.http.regions import Regions
from entrypoints.settings import Settings

LEAST_REQUEST_SECONDS = 2.0


class HttpModule(Module):
    """The HTTP face."""

    def __init__(self, settings: Settings, resolver: RegionResolver | None, *, demo: bool) -> None:
        self._settings = settings
        self._resolver = resolver
        self._demo = demo

    @singleton
    @provider
    def face(self, metering: Metering) -> Face:
        s, proxies = self._settings, Proxies(self._settings.trusted_proxies)
        return Face(
            storage=s.storage,
            demo=self._demo,
            public_url=s.public_url,
            locale=s.locale,
            proxies=proxies,
            assets=Assets.load(urlsplit(s.public_url).path),
            iframe_page=IframePage(s.iframe_root),
            drain=Drain(),
            admission=Admission(s.max_in_flight, shed=metering.count_shed),
            takes=RequestMeter(metering.meter) if metering.is_on else None,
            regions=Regions(proxies, self._resolver),
            request_seconds=max(LEAST_REQUEST_SECONDS, 2 * s.redis_timeout_ms / 1000),
        )

    @singleton
    @provider
    def application(self, face: Face, use: UseCases, clock: Clock) -> Application:
        return make_app(face, use, clock)
