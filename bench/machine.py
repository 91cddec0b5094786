"""On what it was measured: the kind of machine and the versions of everything."""

import os
import platform
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.contestants import FASTIFY

_PACKAGES = ("tornado", "redis", "hiredis", "uvloop", "httptools", "starlette", "uvicorn")


def machine() -> str:
    """Name the processor and say how many cores there are."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    kind = " ".join(model[1].split()) if model else platform.machine()
    return f"{kind}, {os.cpu_count()} cores, Linux {platform.release().partition('-')[0]}"


def versions() -> str:
    """List the versions of everything that took part."""
    found = {"Python": platform.python_version()}
    found |= {name: _of_package(name) for name in _PACKAGES}
    found["Redis"] = _said(r"v=([\d.]+)", "redis-server", "--version")
    found["wrk"] = _said(r"wrk \S*?([\d.]+)", "wrk", "-v")
    found["Node"] = _said(r"v([\d.]+)", "node", "--version")
    found |= {name: _of_node_package(name) for name in ("fastify", "ioredis")}
    return ", ".join(f"{name} {number}" for name, number in found.items() if number)


def _of_package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _of_node_package(name: str) -> str:
    package = FASTIFY / "node_modules" / name / "package.json"
    found = re.search(r'"version": "(.*?)"', package.read_text()) if package.exists() else None
    return found[1] if found else ""


def _said(pattern: str, *command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else ""
