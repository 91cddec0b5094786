"""``framegate doctor``, as an operator runs it."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.command_line import ROOT, framegate
from tests.support.framegate_server import FramegateServer, running_framegate, write_clients
from tests.support.pretender import pretended_redis
from tests.support.redis_server import RedisServer, free_port

MEMORY = {"STORAGE": "memory", "PORT": "0"}


def lines_of(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str]]:
    """Split each line but the last, which counts, into its status word and its text."""
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    lines = [line.partition(" ") for line in done.stdout.splitlines()[:-1]]
    return [(word, text.strip()) for word, _, text in lines]


def told(done: subprocess.CompletedProcess[str], word: str) -> list[str]:
    return [text for status, text in lines_of(done) if status == word]


@pytest.fixture
def server(tmp_path: Path, environment: dict[str, str]) -> Iterator[FramegateServer]:
    (tmp_path / "iframe.html").write_text("the page")
    with running_framegate(tmp_path / "server", environment, "serve") as running:
        yield running


def test_a_server_in_good_order_passes(
    tmp_path: Path, environment: dict[str, str], server: FramegateServer
) -> None:
    port = str(urlsplit(server.url).port)
    page = {"IFRAME_ROOT": str(tmp_path), "PUBLIC_URL": server.url}
    done = framegate("doctor", "--port", port, folder=tmp_path, **environment, **page)
    assert done.returncode == 0, done.stdout
    assert told(done, "failed") == []
    ok = told(done, "ok")
    assert f"{server.url} answers and is ready." in ok
    assert any(text.startswith("Redis answers at 127.0.0.1:") for text in ok)
    assert f"{tmp_path / 'iframe.html'} is the page that sessions open." in ok
    # write_clients() gives the second client no origins.
    origins, proxies = told(done, "note")
    assert "other" in origins
    assert "origins" in origins
    assert "TRUSTED_PROXIES" in proxies
    assert done.stdout.splitlines()[-1] == f"0 failed, 2 to note, {len(ok)} ok."


def test_a_server_that_does_not_run_is_no_failure(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    done = framegate("doctor", folder=tmp_path, **environment, PORT=str(free_port()))
    assert done.returncode == 0, done.stdout
    assert any("framegate serve" in text for text in told(done, "note"))


def test_each_thing_that_is_wrong_has_one_line_that_says_what_to_change(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    with redis_server.client() as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
    (tmp_path / "clients.toml").write_text("[[client]]\n")
    wrong = {
        "SINGLE_USE": "durable",
        "IFRAME_ROOT": str(tmp_path / "nowhere"),
        "PUBLIC_URL": f"http://127.0.0.1:{free_port()}",
        "PORT": "0",
    }
    done = framegate("doctor", folder=tmp_path, **environment, **wrong)
    assert done.returncode == 1
    expected = ["CONFIG SET maxmemory-policy noeviction", "CONFIG SET appendfsync always"]
    expected += ["CLIENTS_FILE: ", "IFRAME_ROOT: ", "PUBLIC_URL"]
    failed = told(done, "failed")
    assert len(failed) == len(expected), failed
    for text, words in zip(failed, expected, strict=True):
        assert words in text
    assert done.stdout.splitlines()[-1].startswith("5 failed, ")


def test_a_server_whose_redis_is_gone_is_up_and_not_ready(
    tmp_path: Path,
    environment: dict[str, str],
    server: FramegateServer,
    redis_server: RedisServer,
) -> None:
    redis_server.stop()
    done = framegate(
        "doctor", "--port", str(urlsplit(server.url).port), folder=tmp_path, **environment
    )
    assert done.returncode == 1
    redis_line, url_line = told(done, "failed")
    assert redis_line.startswith("Nothing listens at 127.0.0.1:")
    assert "store_unavailable" in url_line


def test_it_speaks_the_language_of_the_terminal(
    tmp_path: Path, environment: dict[str, str], redis_server: RedisServer
) -> None:
    with redis_server.client() as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")
    done = framegate("doctor", folder=tmp_path, **environment, LANG="pt_BR.UTF-8", PORT="0")
    assert done.returncode == 1
    assert {word for word, _ in lines_of(done)} == {"ok", "nota", "falha"}
    (falha,) = told(done, "falha")
    assert "jogaria sessões fora" in falha
    assert done.stdout.splitlines()[-1].startswith("Falhas: 1. ")


def test_with_memory_there_is_no_redis_to_check(tmp_path: Path) -> None:
    clients = str(write_clients(tmp_path / "clients.toml"))
    done = framegate("doctor", folder=tmp_path, CLIENTS_FILE=clients, **MEMORY)
    assert done.returncode == 0
    assert [text for text in told(done, "note") if "STORAGE=memory" in text]
    assert not [text for text in told(done, "ok") if "Redis" in text]


def test_what_a_server_would_stumble_over_is_found_before_it_starts(tmp_path: Path) -> None:
    clients, port = str(write_clients(tmp_path / "clients.toml")), str(free_port())
    nowhere = {
        "AUDIT_FILE": str(tmp_path / "nowhere" / "audit.jsonl"),
        "SNAPSHOT_DIR": str(tmp_path / "nowhere"),
    }
    same = {"PORT": port, "METRICS_PORT": port}
    settings = {"STORAGE": "memory", "CLIENTS_FILE": clients, **nowhere, **same}
    done = framegate("doctor", folder=tmp_path, **settings)
    assert done.returncode == 1
    audit, listening = told(done, "failed")
    (snapshots,) = [text for text in told(done, "note") if "SNAPSHOT_DIR" in text]
    for text in (audit, snapshots):
        assert "nowhere" in text
        assert "No such file or directory" in text
    assert listening.startswith(f"METRICS_PORT: cannot listen on 127.0.0.1:{port} ")
    refused = framegate("serve", folder=tmp_path, **settings)
    assert refused.stderr == f"framegate: {audit}\n"
    del settings["AUDIT_FILE"]
    assert framegate("serve", folder=tmp_path, **settings).stderr.endswith(f"{listening}\n")


def test_a_doctor_leaves_nothing_behind_where_a_server_would_write(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    clients = str(write_clients(tmp_path / "clients.toml"))
    kept = {"AUDIT_FILE": str(folder / "audit.jsonl"), "SNAPSHOT_DIR": str(folder)}
    done = framegate("doctor", folder=tmp_path, CLIENTS_FILE=clients, **MEMORY, **kept)
    assert done.returncode == 0
    assert len([text for text in told(done, "ok") if str(folder) in text]) == len(kept)
    assert not list(folder.iterdir())


def test_a_clients_file_without_an_admin_is_noted(tmp_path: Path) -> None:
    path = write_clients(tmp_path / "clients.toml")
    path.write_text(path.read_text().partition("[[admin]]")[0])
    done = framegate("doctor", folder=tmp_path, CLIENTS_FILE=str(path), **MEMORY)
    assert done.returncode == 0
    assert [text for text in told(done, "note") if "framegate keys new ops --admin" in text]


def test_without_a_clients_file_it_says_how_to_make_one(tmp_path: Path) -> None:
    done = framegate("doctor", folder=tmp_path, **MEMORY)
    assert done.returncode == 1
    (failed,) = told(done, "failed")
    assert "framegate keys new" in failed


@pytest.mark.parametrize("wrong", [{"REDIS_PORT": "six"}, {"REDIS_TLS_CA": __file__}])
def test_a_setting_that_cannot_be_is_its_line_and_nothing_else(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    done = framegate("doctor", folder=tmp_path, **wrong)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"framegate: {next(iter(wrong))} ")
    assert done.stderr.count("\n") == 1


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    with pretended_redis({"redis_version": "7.0.15"}) as port:
        url = f"redis://ana:s3cret-word@127.0.0.1:{port}/0"
        done = framegate("doctor", folder=tmp_path, REDIS_URL=url, PORT="0")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_a_terminal_gets_colours_beside_the_words(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as terminal:
        done = subprocess.run(
            [sys.executable, "-m", "entrypoints", "doctor"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **MEMORY},
            stdout=theirs,
            check=False,
        )
        os.close(theirs)
        shown = os.read(terminal.fileno(), 65536).decode()
    assert done.returncode == 1
    assert "\x1b[31mfailed" in shown
    assert "\x1b[32mok" in shown
