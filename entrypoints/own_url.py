"""Whether a framegate answers where one should."""

import json
from http import HTTPStatus

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPResponse

from application.ports import Finding
from entrypoints.settings import Settings

ANSWER_SECONDS = 3.0

# Who listens everywhere can be called on loopback.
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 # nosec B104


async def look_at_own_urls(settings: Settings) -> list[Finding]:
    """Call the server on this machine, and at the address that browsers are given."""
    findings = []
    if settings.port and not settings.unix_socket:  # 0 is any that is free: nobody knows which
        findings.append(await _look(_local_url(settings), here=True))
    if settings.public_url:
        findings.append(await _look(settings.public_url))
    return findings


def _local_url(settings: Settings) -> str:
    scheme = "https" if settings.tls_cert_file else "http"
    host = _LOOPBACK.get(settings.host, settings.host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


async def _look(url: str, *, here: bool = False) -> Finding:
    # Its certificate is for the name that others know it by.
    client = AsyncHTTPClient(force_instance=True, defaults={"validate_cert": not here})
    try:
        alive = await _get(client, f"{url}/livez")
        ready = await _get(client, f"{url}/readyz")
        demo = await _get(client, f"{url}/auth-demo")
    except ConnectionRefusedError as error:
        if here:
            return Finding.note("doctor.url.not_running", url=url)
        return Finding.failed("doctor.url.silent", url=url, reason=error.strerror)
    except (OSError, HTTPClientError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "message", None)
        return Finding.failed("doctor.url.silent", url=url, reason=reason or type(error).__name__)
    finally:
        client.close()
    return _judge(url, alive, ready, demo)


def _judge(url: str, alive: HTTPResponse, ready: HTTPResponse, demo: HTTPResponse) -> Finding:
    if alive.code != HTTPStatus.OK or _status_in(alive) != "alive":
        return Finding.failed("doctor.url.stranger", url=url, status=alive.code)
    if ready.code != HTTPStatus.OK:
        return Finding.failed("doctor.url.unready", url=url, status=_status_in(ready))
    if demo.code == HTTPStatus.OK:
        return Finding.failed("doctor.url.demo", url=url)
    return Finding.ok("doctor.url.ready", url=url)


async def _get(client: AsyncHTTPClient, url: str) -> HTTPResponse:
    return await client.fetch(
        url,
        raise_error=False,
        follow_redirects=False,
        connect_timeout=ANSWER_SECONDS,
        request_timeout=ANSWER_SECONDS,
    )


def _status_in(response: HTTPResponse) -> str:
    """Return what framegate's probes say in their body, or nothing where it is another's."""
    try:
        fields = json.loads(response.body)
    except ValueError:
        return ""
    return str(fields.get("status", "")) if isinstance(fields, dict) else ""
