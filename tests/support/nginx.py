"""nginx with the configuration of ``deploy/nginx``, as it stands but for its addresses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.gate import DEPLOY, Places, running_program

AROUND = """
{before}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_buffer_size 1m;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000;
    {inside}
}}
"""


@contextmanager
def running_nginx(
    folder: Path, places: Places, *, more: str = "", under: Sequence[str] = ()
) -> Iterator[int]:
    """Yield its process's id. ``more`` servers may stand beside; it may run ``under`` a program."""
    text = (DEPLOY / "nginx" / "framegate.conf").read_text()
    assert "/var/log/nginx/" in text
    text = text.replace("/var/log/nginx/", f"{folder}/")
    (folder / "framegate.conf").write_text(places.put_into(text))
    inside = f"include {folder}/framegate.conf;\n{more}"
    with running_nginx_with(folder, inside, under=under) as pid:
        yield pid


@contextmanager
def running_nginx_with(
    folder: Path, inside: str, *, before: str = "", under: Sequence[str] = ()
) -> Iterator[int]:
    """Run nginx with what is ``inside`` its ``http`` block, and ``before`` all else."""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, inside=inside, before=before))
    command = ("/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"))
    with running_program(folder, *under, *command) as pid:
        yield pid
