"""Promises about the tree as a whole."""

import ast
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ("domain", "application", "adapters", "entrypoints")
FILES = [path for package in HOUSE for path in (ROOT / package).rglob("*.py")]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_domain_imports_nothing_but_attrs_and_pure_parts_of_the_standard_library() -> None:
    pure = {
        "attrs",
        "base64",
        "collections",
        "domain",
        "enum",
        "functools",
        "hashlib",
        "hmac",
        "ipaddress",
        "itertools",
        "json",
        "re",
        "unicodedata",
    }
    for path in (ROOT / "domain").rglob("*.py"):
        assert imports_of(path) <= pure, path.name


def test_the_application_imports_nothing_but_attrs_and_the_domain() -> None:
    allowed = {
        "abc",
        "application",
        "attrs",
        "collections",
        "contextlib",
        "domain",
        "enum",
        "typing",
    }
    for path in (ROOT / "application").rglob("*.py"):
        assert imports_of(path) <= allowed, path.name


def test_the_client_imports_nothing_but_attrs_httpx_and_the_standard_library() -> None:
    allowed = {"attrs", "framegate_client", "httpx", *sys.stdlib_module_names}
    for path in (ROOT / "clients" / "python" / "framegate_client").rglob("*.py"):
        gated = {"tornado"} if path.name == "tornado.py" else set()
        assert imports_of(path) <= allowed | gated, path.name


def test_only_settings_reads_the_environment() -> None:
    for path in FILES:
        if path.name != "settings.py":
            text = path.read_text()
            assert "environ[" not in text, path
            assert "os.environ" not in text, path
            assert "getenv" not in text, path


def test_every_use_case_is_one_class_with_one_execute_in_a_file_of_its_own() -> None:
    for path in (ROOT / "application").glob("*.py"):
        if path.name == "__init__.py" or path.name.endswith("ports.py"):
            continue
        classes = [n for n in ast.parse(path.read_text()).body if isinstance(n, ast.ClassDef)]
        executing = [
            node.name
            for node in classes
            for item in node.body
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name == "execute"
        ]
        assert len(executing) == 1, path.name


def test_no_script_scans_the_key_space() -> None:
    for path in (ROOT / "adapters" / "redis" / "lua").glob("*.lua"):
        commands = set(re.findall(r"redis\.p?call\('(\w+)'", path.read_text()))
        assert not commands & {"SCAN", "KEYS", "SSCAN", "HSCAN", "ZSCAN", "HGETALL"}, path.name


def test_the_wheel_names_every_package_and_every_kind_of_data_file() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    packages = {path.parent.relative_to(ROOT) for path in FILES}
    for package in packages:
        assert f'"{".".join(package.parts)}"' in text, package


def test_every_text_that_the_code_asks_for_is_in_both_catalogues() -> None:
    catalogues = {}
    for language in ("pt", "en"):
        with (ROOT / "entrypoints" / "locales" / f"{language}.csv").open(newline="") as file:
            catalogues[language] = {key for key, *_ in csv.reader(file)}
    pages = (ROOT / "entrypoints" / "http" / "pages").rglob("*.html")
    asked = {key for page in pages for key in re.findall(r'_\("([\w.]+)"\)', page.read_text())}
    said = re.compile(r'"((?:settings|cli|clients_file|doctor|memory|redis)\.[a-z_.]+)"')
    for path in FILES:
        asked |= set(said.findall(path.read_text()))
    assert len(asked) > 50
    for language, keys in catalogues.items():
        assert asked <= keys, f"{language}: {sorted(asked - keys)}"
        found = {key for key in keys if key.startswith(("doctor.", "memory.", "redis."))}
        assert found - asked == {f"doctor.{verdict}" for verdict in ("ok", "note", "failed")}


ONLY_ATTRS_AND_PYTEST = """
import sys

class Refuse:
    allowed = {allowed!r}

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in self.allowed or top in sys.stdlib_module_names:
            return None
        raise ModuleNotFoundError(f"{{name}} is not attrs and not pytest")

sys.meta_path.insert(0, Refuse())
from pytest import main
sys.exit(main(["-q", "-p", "no:cacheprovider", "tests/unit/domain"]))
"""


def test_the_domains_tests_run_with_nothing_but_attrs_and_pytest_installed() -> None:
    allowed = {"attr", "attrs", "domain", "iniconfig", "packaging", "pluggy", "pygments"}
    allowed |= {"_pytest", "py", "pytest", "tests"}  # py: a file of pytest's own
    result = subprocess.run(
        [sys.executable, "-c", ONLY_ATTRS_AND_PYTEST.format(allowed=allowed)],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"\d+ passed", result.stdout)


def test_the_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 150
