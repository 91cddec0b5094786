"""deploy/kubernetes knows the server and itself. For want of a cluster, schemas stand for one."""

import re
import subprocess
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from entrypoints.supervisor import STOP_SECONDS
from tests.support.deployed import FILES, IMAGE, KUBERNETES, PORT, manifest
from tests.support.dockerfile import ROOT
from tests.support.snippets import block_with

KUSTOMIZED = [name.removesuffix(".yaml") for name in manifest("kustomization")["resources"]]
DEPLOYMENT = manifest("deployment")["spec"]
POD = DEPLOYMENT["template"]["spec"]
(CONTAINER,) = POD["containers"]
PROBED = {kind: CONTAINER[f"{kind}Probe"]["httpGet"] for kind in ("liveness", "readiness")}


@pytest.mark.parametrize("name", [*KUSTOMIZED, "secret.example"])
@pytest.mark.parametrize("version", ["1.27", "1.37"])
def test_manifests_keep_to_the_schemas_of_kubernetes(name: str, version: str) -> None:
    kubernetes_validate.validate(manifest(name), version, strict=True)


def test_kubectl_renders_everything_into_one_namespace_with_the_image_named() -> None:
    command = ["kubectl", "kustomize", str(KUBERNETES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rendered = list(yaml.safe_load_all(done.stdout))
    assert len(rendered) == len(KUSTOMIZED)
    namespaces = {each["metadata"].get("namespace", each["metadata"]["name"]) for each in rendered}
    assert namespaces == {"framegate"}
    (image,) = re.findall(r"image: (\S+)", done.stdout)
    assert re.fullmatch(r"framegate:\d+\.\d+\.\d+", image)


def test_the_guides_command_makes_a_secret_like_the_example(tmp_path: Path) -> None:
    example = manifest("secret.example")
    for name, text in example["stringData"].items():
        (tmp_path / name).write_text(text)
    block = block_with(ROOT / "docs" / "deploy.md", "sh", "create secret")
    (command,) = (line for line in block.splitlines() if "create secret" in line)
    dry = [*command.split(), "--dry-run=client", "--output=yaml"]
    done = subprocess.run(dry, cwd=tmp_path, capture_output=True, text=True, check=True)
    made = yaml.safe_load(done.stdout)
    assert made["metadata"]["name"] == example["metadata"]["name"]
    assert made["metadata"]["namespace"] == example["metadata"]["namespace"]
    assert set(made["data"]) == set(example["stringData"])


def test_whoever_selects_the_pods_selects_them_by_labels_that_they_have() -> None:
    labels = DEPLOYMENT["template"]["metadata"]["labels"]
    assert DEPLOYMENT["selector"]["matchLabels"] == labels
    assert manifest("service")["spec"]["selector"] == labels
    assert manifest("disruption")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("network")["spec"]["podSelector"]["matchLabels"] == labels
    assert (
        manifest("servicemonitor")["spec"]["selector"]["matchLabels"]
        == (manifest("service")["metadata"]["labels"])
    )


def test_all_agree_on_the_servers_port() -> None:
    assert [each["containerPort"] for each in CONTAINER["ports"]] == [PORT]
    named = {each["name"] for each in CONTAINER["ports"]}
    targets = {each["targetPort"] for each in manifest("service")["spec"]["ports"]}
    allowed = {each["port"] for each in manifest("network")["spec"]["ingress"][0]["ports"]}
    assert named == targets == allowed == {each["port"] for each in PROBED.values()}
    served = {each["name"] for each in manifest("service")["spec"]["ports"]}
    assert {each["port"] for each in manifest("servicemonitor")["spec"]["endpoints"]} == served


def test_what_is_probed_is_there_and_nobody_is_started_again_for_want_of_redis() -> None:
    probes = (ROOT / "entrypoints" / "http" / "probes.py").read_text()
    there = set(re.findall(r'URLSpec\(r"(/\w+)"', probes))
    assert {each["path"] for each in PROBED.values()} == there
    assert PROBED["liveness"]["path"] == "/livez"


def test_files_are_mounted_where_the_image_looks_for_them() -> None:
    (mount,) = (each for each in CONTAINER["volumeMounts"] if each["name"] == "files")
    example = manifest("secret.example")["stringData"]
    assert {Path(mount["mountPath"], name) for name in example} == FILES
    assert tomllib.loads(example["clients.toml"])["client"][0]["name"] == "portal"


def test_a_pod_is_given_the_time_that_it_takes_to_stop() -> None:
    *_, pause = CONTAINER["lifecycle"]["preStop"]["exec"]["command"]
    assert POD["terminationGracePeriodSeconds"] > int(pause) + STOP_SECONDS


def test_a_pod_is_the_images_user_and_may_do_nothing_else() -> None:
    context = POD["securityContext"] | CONTAINER["securityContext"]
    assert f"{context['runAsUser']}:{context['runAsGroup']}" == IMAGE.last("USER")
    assert context["runAsNonRoot"]
    assert context["readOnlyRootFilesystem"]
    assert not context["allowPrivilegeEscalation"]
    assert context["capabilities"] == {"drop": ["ALL"]}
