"""The configurations that no test runs: at least they can be read, and name what there is."""

from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
TRAEFIK, ENVOY = DEPLOY / "traefik" / "framegate.yml", DEPLOY / "envoy" / "envoy.yaml"


def found(name: str, tree: Any) -> list[Any]:
    """Return everything of this name, wherever it stands."""
    if isinstance(tree, list):
        return [value for each in tree for value in found(name, each)]
    if not isinstance(tree, dict):
        return []
    here = [tree[name]] if name in tree else []
    return here + [value for each in tree.values() for value in found(name, each)]


@pytest.mark.parametrize("path", [TRAEFIK, ENVOY], ids=lambda path: path.parent.name)
def test_what_is_not_run_says_so_in_its_head(path: Path) -> None:
    head = path.read_text().partition("\n\n")[0]
    assert "NOT RUN by any test" in head


def test_what_traefiks_routers_name_is_there() -> None:
    http = yaml.safe_load(TRAEFIK.read_text())["http"]
    for router in http["routers"].values():
        assert router["service"] in http["services"]
        assert set(router["middlewares"]) <= set(http["middlewares"])
    assert "framegate-gate" in http["routers"]["application"]["middlewares"]
    gate = http["middlewares"]["framegate-gate"]["forwardAuth"]
    assert gate["address"].endswith("/auth/check")
    assert gate["trustForwardHeader"] is False


def test_what_envoys_routes_name_is_there() -> None:
    tree = yaml.safe_load(ENVOY.read_text())
    clusters = {cluster["name"] for cluster in tree["static_resources"]["clusters"]}
    assert set(found("cluster", tree["static_resources"]["listeners"])) == clusters
    assert found("failure_mode_allow", tree) == [False]
    names = [each["name"].rpartition(".")[2] for each in found("http_filters", tree)[0]]
    assert names == ["lua", "ext_authz", "grants", "router"]
