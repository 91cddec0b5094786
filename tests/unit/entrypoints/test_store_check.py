"""The look at the store never takes longer than it may."""

import socket
import threading

import pytest

from application.ports import Finding
from entrypoints.settings import load_settings
from entrypoints.store_check import examine_store


def test_memory_has_one_thing_to_say() -> None:
    found = examine_store(load_settings({"STORAGE": "memory"}), seconds=1)
    assert found == [Finding.note("memory.forgets")]


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    found, let_go = [], threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        found.append(let_go.wait(30))
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    settings = load_settings({"REDIS_HOST": "slow.example", "REDIS_TIMEOUT_MS": "60000"})
    assert examine_store(settings, seconds=0.05) == [Finding.failed("redis.slow", seconds=0.05)]
    assert found == []
    let_go.set()
