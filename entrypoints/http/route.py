"""Routes that are short enough to be served without a handler."""

import re
from abc import abstractmethod
from typing import ClassVar, Protocol

from tornado.routing import URLSpec
from tornado.web import HTTPError

from entrypoints.http.answer import Answer
from entrypoints.http.base import BaseHandler
from entrypoints.http.face import Face
from entrypoints.http.incoming import Incoming
from entrypoints.http.problems import Problem


class Route(Protocol):
    """What one address does, however its requests travel: from what is said to an answer."""

    methods: ClassVar[tuple[str, ...]]

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

    def initialize(self, face: Face, route: Route) -> None:
        self.take_face(face)
        self._route = route

    async def get(self) -> None:
        if self.request.method not in self._route.methods:
            raise HTTPError(405)
        self.send(await self.in_time(self._route.respond(self.incoming)))

    post = get

    @property
    def name(self) -> str:
        return type(self._route).__name__

    def refusal(self, problem: Problem) -> Answer:
        return self._route.refuse(problem, self.incoming)

    def allowed_methods(self) -> list[str]:
        return list(self._route.methods)


def serve(path: str, route: Route, face: Face) -> URLSpec:
    """Have Tornado serve a route at an address."""
    return URLSpec(re.escape(path), RouteHandler, {"face": face, "route": route})
