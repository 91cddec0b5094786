"""Routes that are short enough to be served without a handler."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol

from tornado.routing import URLSpec
from tornado.web import HTTPError

from application.ports import ClientDirectory
from entrypoints.http.answer import Answer
from entrypoints.http.base import BaseHandler
from entrypoints.http.cors import preflight
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.openapi.operation import Operation
from entrypoints.http.problems import Problem


class Route(Protocol):
    """What one address does, however its requests travel: from what is said to an answer."""

    operations: ClassVar[Mapping[str, Operation]]
    """What may be asked, by method."""

    cross_origin: ClassVar[bool] = False
    """Whether scripts of a client's pages may ask as well."""

    @abstractmethod
    async def respond(self, incoming: Incoming) -> Answer:
        """Do what is asked. Raises what ``problems`` knows; anything else is a fault of ours.

        It asks the store a few times at the most, within one deadline.
        """

    @abstractmethod
    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        """Say why not."""


class JsonRoute(Route):
    """A route whose refusals are for programs."""

    _face: Face

    def refuse(self, problem: Problem, incoming: Incoming) -> Answer:
        return self._face.answers.problem(problem, incoming.language)


class RouteHandler(BaseHandler):
    """Serves a route in Tornado's way: every request that is out of the ordinary."""

    def initialize(self, face: Face, route: Route, directory: ClientDirectory) -> None:
        self.take_face(face)
        self._route = route
        self._directory = directory

    async def get(self) -> None:
        if self.request.method not in self._route.operations:
            raise HTTPError(405)
        self.send(await self.in_time(self._route.respond(self.incoming)))

    post = get

    async def options(self) -> None:
        if not self._route.cross_origin:
            raise HTTPError(405)
        clients = self._directory.clients()
        self.send(preflight(self.face.answers, self.request.headers, clients))

    @property
    def route(self) -> type:
        return type(self._route)

    def refusal(self, problem: Problem) -> Answer:
        return self._route.refuse(problem, self.incoming)

    def allowed_methods(self) -> list[str]:
        return [*self._route.operations, *(["OPTIONS"] if self._route.cross_origin else [])]


def serve(path: str, route: Route, face: Face, directory: ClientDirectory) -> URLSpec:
    """Have Tornado serve a route at an address."""
    arguments = {"face": face, "route": route, "directory": directory}
    return URLSpec(re.escape(path), RouteHandler, arguments)
