from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from framegate_client.wsgi import Gate
from tests.clients.applications.telling import OPEN, OWN_POLICY, PATIENCE, begin, say_where, tell

app = Flask(__name__)


@app.get("/")
@app.get("/<path:path>")
def told(path: str = "") -> Response:
    del path
    return Response(tell(request.environ, request.environ), mimetype="application/json")


@app.get("/own-policy")
def own_policy() -> Response:
    return Response("own", headers=OWN_POLICY)


@app.get("/broken")
def broken() -> Response:
    raise RuntimeError


@app.post("/echo")
def echo() -> Response:
    return Response(request.get_data())


class Quiet(WSGIRequestHandler):
    """Does not write down the address of each request."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    app.wsgi_app = Gate(app.wsgi_app, begin(), open_paths=OPEN, timeout_seconds=PATIENCE)  # type: ignore[method-assign]
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    say_where(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main()
