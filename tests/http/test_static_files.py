import base64
import hashlib
import re
from importlib.resources import files

import pytest

from tests.http.house import House
from tests.http.talk import Api, code_of, request_bytes, wire

pytestmark = pytest.mark.gen_test

CONTENT = {
    file.name: file.read_bytes() for file in files("entrypoints.http").joinpath("static").iterdir()
}
MEDIA_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "ts": "text/plain",
}


def test_there_are_files_to_serve() -> None:
    assert {"framegate.css", "demo.js", "mark.svg"} <= CONTENT.keys()


@pytest.mark.parametrize("name", sorted(CONTENT))
async def test_a_versioned_address_never_changes_its_content(
    api: Api, house: House, name: str
) -> None:
    response = await api.send("GET", house.runtime.face.assets.url(name))

    assert (response.code, response.body) == (200, CONTENT[name])
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == MEDIA_TYPES[name.rpartition(".")[2]]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Server" not in response.headers


async def test_a_version_is_a_hash_of_the_content(house: House) -> None:
    for name, content in CONTENT.items():
        digest = hashlib.sha256(content)
        version = digest.hexdigest()[:12]
        assets = house.runtime.face.assets
        assert assets.url(name) == f"/static/{name}?v={version}"
        assert assets.integrity(name) == f"sha256-{base64.b64encode(digest.digest()).decode()}"


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?v=x&v=y", "?w=1"])
async def test_any_other_address_is_asked_for_again(api: Api, query: str) -> None:
    response = await api.send("GET", f"/static/framegate.css{query}")

    assert (response.code, response.body) == (200, CONTENT["framegate.css"])
    assert response.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "name", ["nothing.css", "framegate.css.map", "framegate", ".", "..", "-", "Framegate.css"]
)
@pytest.mark.usefixtures("http_server")
async def test_a_file_that_is_none_is_not_found(http_port: int, name: str) -> None:
    async with wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", f"/static/{name}"))

    assert (answer.status, answer.code) == (404, "not_found")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "target",
    [
        "/static/../base.py",
        "/static/%2e%2e/base.py",
        "/static/..%2fbase.py",
        "/static/%2e%2e%2fbase.py",
        "/static/..%5cbase.py",
        "/static/..\\base.py",
        "/static/....//base.py",
        "/static/./framegate.css",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/../pages/sample.html",
        "/static/framegate.css/../../base.py",
        "/static/framegate.css%00.py",
        "/static",
        "/static/",
        "/../../../../etc/passwd",
    ],
)
@pytest.mark.usefixtures("http_server")
async def test_no_path_leads_out_of_the_folder(http_port: int, target: str) -> None:
    async with wire(http_port) as line:
        answer = await line.ask(request_bytes("GET", target))

    assert (answer.status, answer.code) == (404, "not_found")


async def test_a_file_that_is_none_is_told_to_a_program(api: Api) -> None:
    response = await api.send("GET", "/static/nothing.js")

    assert (response.code, code_of(response)) == (404, "not_found")


@pytest.mark.parametrize("name", sorted(CONTENT))
def test_styles_and_scripts_load_nothing_from_elsewhere(name: str) -> None:
    text = CONTENT[name].decode()
    addresses = re.findall(r"(?:url\(|@import|\bimport\b|\bfrom\s)\s*['\"]?([^'\"\s)]+)", text)

    assert [address for address in addresses if "//" in address] == []
