import asyncio
import json

from attrs import asdict
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from framegate_client.tornado import Gate, GatedHandler
from tests.clients.applications.telling import OWN_POLICY, PATIENCE, begin, claims, say_where, tell


class Told(GatedHandler):
    def get(self) -> None:
        told = {"visitor": asdict(self.visitor), "claims": claims(self.request.headers)}
        self.write(json.dumps(told))

    head = get


class OwnPolicy(GatedHandler):
    def get(self) -> None:
        for name, value in OWN_POLICY.items():
            self.set_header(name, value)
        self.write("own")


class Broken(GatedHandler):
    def get(self) -> None:
        raise RuntimeError

    def log_exception(self, *_: object) -> None:
        """Do not write down the address, as Tornado does."""


class Base(RequestHandler):
    async def prepare(self) -> None:
        self.set_header("X-Prepared", "yes")


class Echo(GatedHandler, Base):
    async def prepare(self) -> None:
        await super().prepare()
        self.write(b"prepared: ")

    def post(self) -> None:
        self.write(self.request.body)


class Live(GatedHandler, WebSocketHandler):
    def open(self) -> None:
        self.write_message(self.visitor.client)
        self.close()


class Health(RequestHandler):
    def get(self) -> None:
        self.write(tell({}, []))


def application(framegate: str) -> Application:
    routes = [
        ("/own-policy", OwnPolicy),
        ("/broken", Broken),
        ("/echo", Echo),
        ("/live", Live),
        ("/healthz", Health),
        ("/.*", Told),
    ]
    # Tornado writes down the address of each request; this one does not.
    return Application(
        routes, framegate=Gate(framegate, timeout_seconds=PATIENCE), log_function=lambda _: None
    )


async def main() -> None:
    framegate = begin()
    sockets = bind_sockets(0, "127.0.0.1")
    HTTPServer(application(framegate)).add_sockets(sockets)
    say_where(sockets[0].getsockname()[1])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
