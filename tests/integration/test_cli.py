"""The command line: what stops a start, what it says then, and how keys are made."""

import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from domain.key import digest_key
from tests.support.command_line import ROOT, assert_stops, framegate
from tests.support.framegate_server import running_framegate, write_clients
from tests.support.http_call import call


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("WORKERS", "0"),
        ("STORAGE", "sqlite"),
        ("SESSION_CAP", "-1"),
        ("SESSION_TTL_SECONDS", "1.5"),
        ("SINGLE_USE", "sometimes"),
        ("REDIS_PORT", "six"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", "redis://:un/escaped@localhost:6379/0"),
        ("REDIS_URL", "redis://localhost?socket_timeout=abc"),
        ("REDIS_TLS_CA", "nowhere.pem"),
        ("REDIS_TLS_CA", __file__),
        ("REDIS_HOST", ""),
        ("HOST", ""),
        ("HOST", "no such host"),
        ("RATE_LIMITS", "banana"),
        ("REDIS_TLS", "maybe"),
        ("PUBLIC_URL", "gate.example"),
        ("TRUSTED_PROXIES", "everybody"),
        ("LOCALE", "fr"),
        ("LOG_LEVEL", "LOUD"),
        ("DEBUG", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_stops_the_start_with_a_line_that_names_it(
    tmp_path: Path, variable: str, value: str
) -> None:
    clients = write_clients(tmp_path / "clients.toml")
    environment = {"CLIENTS_FILE": str(clients), variable: value}
    assert_stops(framegate("serve", folder=tmp_path, **environment), variable)


def test_a_flag_is_judged_like_its_variable(tmp_path: Path) -> None:
    assert_stops(framegate("serve", "--workers", "none", folder=tmp_path), "WORKERS")


def test_several_workers_in_memory_stop_the_start(tmp_path: Path) -> None:
    clients = str(write_clients(tmp_path / "clients.toml"))
    done = framegate("serve", folder=tmp_path, CLIENTS_FILE=clients, STORAGE="memory", WORKERS="2")
    assert_stops(done, "WORKERS", "STORAGE=memory")


@pytest.mark.parametrize("content", [None, "", '[[admin]]\nname = "ops"\nkeys = ["{digest}"]\n'])
def test_a_server_that_would_let_nobody_in_says_how_to_make_a_client(
    tmp_path: Path, content: str | None
) -> None:
    environment = {}
    if content is not None:
        path = tmp_path / "clients.toml"
        path.write_text(content.format(digest=digest_key("some key")))
        environment["CLIENTS_FILE"] = str(path)
    done = framegate("serve", folder=tmp_path, **environment)
    assert_stops(done, "CLIENTS_FILE", "framegate keys new")


def test_a_missing_clients_file_stops_the_start(tmp_path: Path) -> None:
    done = framegate("serve", folder=tmp_path, CLIENTS_FILE="nowhere.toml")
    assert_stops(done, "CLIENTS_FILE", "nowhere.toml")


def test_a_folder_without_the_protected_page_stops_the_start(tmp_path: Path) -> None:
    clients = str(write_clients(tmp_path / "clients.toml"))
    done = framegate("serve", folder=tmp_path, CLIENTS_FILE=clients, IFRAME_ROOT=str(tmp_path))
    assert_stops(done, "IFRAME_ROOT", "iframe.html")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_stops_the_start(tmp_path: Path, command: str) -> None:
    clients = str(write_clients(tmp_path / "clients.toml"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = framegate(command, "--port", port, folder=tmp_path, CLIENTS_FILE=clients)
    assert_stops(done, "PORT", port)


def test_a_demo_listens_on_loopback_only(tmp_path: Path) -> None:
    assert_stops(framegate("demo", "--host", "0.0.0.0", folder=tmp_path), "HOST", "127.0.0.1")


def test_a_demo_tells_its_address_first_however_quiet_its_log_is(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "entrypoints", "demo", "--port", "0"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LOG_LEVEL": "CRITICAL"},
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stderr is not None
        line = demo.stderr.readline()
        demo.terminate()
    assert re.fullmatch(r"framegate in demo mode, .*: http://127.0.0.1:\d+/auth-demo\n", line)


def test_the_command_line_speaks_the_language_of_the_terminal(tmp_path: Path) -> None:
    done = framegate("serve", folder=tmp_path, LANG="pt_BR.UTF-8")
    assert_stops(done, "CLIENTS_FILE não traz nenhum cliente")


def test_the_environment_wins_over_the_env_file_and_flags_over_both(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STORAGE=sqlite\nWORKERS=none\n")
    assert_stops(framegate("serve", folder=tmp_path, STORAGE="memory"), "WORKERS")
    done = framegate("serve", "--workers", "1", folder=tmp_path, STORAGE="memory")
    assert_stops(done, "CLIENTS_FILE")


def test_a_new_key_is_shown_once_and_only_its_digest_can_be_redirected(tmp_path: Path) -> None:
    done = framegate("keys", "new", "portal", folder=tmp_path)
    assert done.returncode == 0
    keys = re.findall(r"fgk_[A-Za-z0-9_-]{43}", done.stderr)
    assert len(keys) == 1
    assert "fgk_" not in done.stdout
    entry = tomllib.loads(done.stdout)
    assert entry["client"] == [
        {"name": "portal", "keys": [digest_key(keys[0])], "origins": ["https://portal.example"]}
    ]


def test_a_key_whose_digest_cannot_be_written_is_not_shown(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "entrypoints", "keys", "new", "portal"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "fgk_" not in done.stderr
    assert "No space left" in done.stderr


ANSWERS = [("settings",), ("settings", "--json"), ("audit", "--file", "a"), ("keys", "new", "z")]


@pytest.mark.parametrize("answering", [*ANSWERS, ("doctor",), ("report", "--help")])
def test_an_answer_that_cannot_be_written_is_one_line_and_a_failure(
    tmp_path: Path, answering: tuple[str, ...]
) -> None:
    (tmp_path / "a").write_text('{"event":"key_rejected","at":0}\n')
    command = shlex.join([sys.executable, "-m", "entrypoints", *answering])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "STORAGE": "memory"}
    for where, reason in ((">/dev/full", "No space left on device"), (">&-", "file descriptor")):
        done = subprocess.run(
            ["sh", "-c", f"{command} {where}"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert_stops(done, reason, status=1)


def test_a_new_admin_key_makes_an_admin_entry(tmp_path: Path) -> None:
    done = framegate("keys", "new", "ops", "--admin", folder=tmp_path)
    assert [entry["name"] for entry in tomllib.loads(done.stdout)["admin"]] == ["ops"]


def test_a_name_that_no_client_can_have_gets_no_key(tmp_path: Path) -> None:
    assert_stops(framegate("keys", "new", "Portal Ltda", folder=tmp_path), "Portal Ltda")


def test_keys_that_were_just_made_open_the_server(tmp_path: Path) -> None:
    made = [framegate("keys", "new", name, folder=tmp_path) for name in ("portal", "other")]
    (tmp_path / "clients.toml").write_text("".join(done.stdout for done in made))
    key = re.findall(r"fgk_\S+", made[0].stderr)[0]
    environment = {"CLIENTS_FILE": "clients.toml", "STORAGE": "memory", "DRAIN_SECONDS": "0"}
    with running_framegate(tmp_path, environment, "serve") as server:
        create = f"{server.url}/auth/create-session"
        assert call("POST", create, headers={"Authorization": f"Bearer {key}"}).status == 200
        assert call("POST", create).status == 401
