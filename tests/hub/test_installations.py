"""The configuration for The Littlest JupyterHub and for Kubernetes.

Neither runs here: the one needs systemd, the other a cluster. What is tested is that
the files parse, that every setting is one that its class has and takes, and that
together they do what they must.
"""

import re
import shutil
import subprocess
import sys
import types
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from configured import (
    faults,
    key_faults,
    load,
    run,
    scope_faults,
    service_faults,
    unit,
)
from traitlets.config import Config

from autograder.serve.inbox import is_user
from autograder.warm import multiuser, settings

pytest.importorskip("jupyterhub")
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from kubespawner import KubeSpawner
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import Exchange, ExchangeCollect
from nbgrader.preprocessors import Execute
from oauthenticator.generic import GenericOAuthenticator
from systemdspawner import SystemdSpawner

HUB = Path(__file__).resolve().parents[2] / "hub"
TLJH, KUBERNETES = HUB / "tljh", HUB / "kubernetes"
HUB_CLASSES = [JupyterHub, Authenticator, SystemdSpawner]
POD_CLASSES = [JupyterHub, GenericOAuthenticator, KubeSpawner]
NBGRADER_CLASSES = [
    *(CourseDirectory, Exchange, ExchangeCollect, ExchangeFactory),
    Execute,
]

# What we use of TLJH's config.yaml, and of which type: read from `config_schema` in its
# repository (tljh/config_schema.py, commit e7555ae).
TLJH_KEYS = {
    "users.admin": list,
    "users.allowed": list,
    "users.extra_user_groups": dict,
    "limits.memory": str,
    "limits.cpu": (int, float),
    "https.enabled": bool,
    "https.letsencrypt.email": str,
    "https.letsencrypt.domains": list,
    "user_environment.default_app": str,
    "services.cull.enabled": bool,
    "services.cull.timeout": int,
}
# What we use of the chart `jupyterhub`: read from jupyterhub/values.schema.yaml in its
# repository (commit 02dd73d, a chart 4 of JupyterHub 5).
CHART_KEYS = {
    "hub.config": dict,
    "hub.db.type": str,
    "hub.db.url": str,
    "hub.services": dict,
    "hub.networkPolicy.ingress": list,
    "hub.extraConfig": dict,
    "proxy.chp.networkPolicy.egress": list,
    "proxy.https.enabled": bool,
    "proxy.https.hosts": list,
    "proxy.https.letsencrypt.contactEmail": str,
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.cmd": str,
    "singleuser.defaultUrl": str,
    "singleuser.memory.guarantee": str,
    "singleuser.memory.limit": str,
    "singleuser.cpu.guarantee": (int, float),
    "singleuser.cpu.limit": (int, float),
    "singleuser.storage.capacity": str,
    "singleuser.startTimeout": int,
    "singleuser.extraEnv": dict,
    "cull.enabled": bool,
    "cull.timeout": int,
}
# What the chart makes of them (jupyterhub/files/hub/jupyterhub_config.py, cbdd540).
POD_TRAITS = {
    "cmd": "cmd",
    "defaultUrl": "default_url",
    "extraEnv": "environment",
    "startTimeout": "start_timeout",
}
# What we use of the chart `ngshare`: read from helmchart/ngshare/values.yaml in its
# repository (commit 134f97d) and, of `accessModes`, from its change log (0.5.2).
NGSHARE_KEYS = {
    "image.repository": str,
    "image.tag": str,
    "ngshare.admins": list,
    "deployment.resources": dict,
    "pvc.storage": str,
    "pvc.accessModes": list,
}


@pytest.fixture
def tljh(tmp_path, monkeypatch):
    """What TLJH's hub has read in the end; the token is where the file says."""
    token = tmp_path / "grader.token"
    token.write_text("0" * 64 + "\n")
    text = (TLJH / "layerwise.py").read_text()
    assert "/etc/layerwise/grader.token" in text
    moved = tmp_path / "layerwise.py"
    moved.write_text(text.replace("/etc/layerwise/grader.token", str(token)))
    # What TLJH has set by then (tljh/configurer.py and tljh/jupyterhub_config.py).
    return load(
        moved,
        JupyterHub=Config(services=[{"name": "cull-idle", "command": ["true"]}]),
        SystemdSpawner=Config(extra_paths=["/opt/tljh/user/bin"]),
    )


def spawned(hook, name, environment):
    """Returns what a hook makes of a user's spawner."""
    spawner = SimpleNamespace(
        user=SimpleNamespace(name=name), environment=dict(environment), notebook_dir=""
    )
    hook(spawner)
    return spawner


def read_role(monkeypatch, path, **environment):
    """Returns what nbgrader reads in a role's file."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load(path)


def values():
    return yaml.safe_load((KUBERNETES / "values.yaml").read_text())


def pod_hub():
    """Returns what the hub of Kubernetes has read in the end."""
    hub, pod = values()["hub"], values()["singleuser"]
    config = run(
        "\n".join(hub["extraConfig"][key] for key in sorted(hub["extraConfig"]))
    )
    config.merge(Config(hub["config"]))
    config.KubeSpawner.merge(Config({POD_TRAITS[k]: pod[k] for k in POD_TRAITS}))
    for kind, ends in (("memory", "mem"), ("cpu", "cpu")):
        for bound in ("limit", "guarantee"):
            config.KubeSpawner[f"{ends}_{bound}"] = pod[kind][bound]
    config.JupyterHub.db_url = hub["db"]["url"]
    return config


@pytest.mark.parametrize(
    ("section", "name", "value", "word"),
    [
        ("SystemdSpawner", "isolate_temp", False, "no such trait"),
        ("SystemdSpawner", "isolate_tmp", "of course", "isolate_tmp"),
        ("SystemSpawner", "isolate_tmp", False, "no such class"),
        ("Spawner", "environment", ["A=1"], "environment"),
        ("JupyterHub", "load_groups", 3, "load_groups"),
        ("JupyterHub", "load_rolls", [], "no such trait"),
    ],
)
def test_what_a_class_would_not_take_is_found(section, name, value, word):
    (fault,) = faults(Config({section: {name: value}}), HUB_CLASSES)
    assert word in fault


def test_what_a_service_a_scope_or_a_table_has_not_is_found():
    assert service_faults({"name": "a", "oauth_no_confirmation": True})
    assert service_faults({"name": "a", "display": "certainly"})
    assert scope_faults(["self", "acess:services!service=grader"])
    assert key_faults({"limits": {"memmory": "2G"}}, TLJH_KEYS)
    assert key_faults({"limits": {"memory": 2}}, TLJH_KEYS)
    assert key_faults({"services": {"cull": {"timeout": True}}}, TLJH_KEYS)


def test_tljh_sets_what_its_classes_have(tljh):
    assert faults(tljh, HUB_CLASSES) == []
    for service in tljh.JupyterHub.services:
        assert service_faults(service) == []
    (role,) = tljh.JupyterHub.load_roles.get_value([])
    assert scope_faults(role["scopes"]) == []


def test_tljh_keeps_its_own_service(tljh):
    names = [service["name"] for service in tljh.JupyterHub.services]
    assert names == ["cull-idle", "grader"]


def test_tljh_config_yaml_has_keys_of_tljh():
    config = yaml.safe_load((TLJH / "config.yaml").read_text())
    assert key_faults(config, TLJH_KEYS) == []


def test_tljh_grader_is_no_admin():
    users = yaml.safe_load((TLJH / "config.yaml").read_text())["users"]
    grader = unit(TLJH / "layerwise-grader.service")["Service"]["User"]
    assert grader not in [[f"jupyter-{name}"] for name in users["admin"]]
    assert users["extra_user_groups"] == {"layerwise-instructors": ["instructor"]}
    assert grader == ["jupyter-instructor"]


def test_tljh_gives_each_user_their_role(tljh):
    hook, before = tljh.Spawner.pre_spawn_hook, tljh.Spawner.environment
    student = spawned(hook, "ana", before)
    assert student.environment["JUPYTER_CONFIG_PATH"] == "/opt/layerwise/roles/student"
    assert "LAYERWISE_COURSE" not in student.environment
    assert student.notebook_dir == ""
    teacher = spawned(hook, "instructor", before)
    assert teacher.environment["JUPYTER_CONFIG_PATH"] == (
        "/opt/layerwise/roles/instructor"
    )
    assert teacher.environment["LAYERWISE_COURSE"] == teacher.notebook_dir
    assert teacher.environment["LAYERWISE_CHECK_OWNER"]
    exchange = Path(student.environment["LAYERWISE_EXCHANGE"])
    assert not exchange.is_relative_to(teacher.notebook_dir)


def test_tljh_grader_and_instructors_know_the_owners_of_work(tljh, monkeypatch):
    service = unit(TLJH / "layerwise-grader.service")["Service"]
    own = dict(line.split("=", 1) for line in service["Environment"])
    teacher = spawned(
        tljh.Spawner.pre_spawn_hook, "instructor", tljh.Spawner.environment
    )
    (prefix,) = {
        found["LAYERWISE_OWNER_PREFIX"] for found in (own, teacher.environment)
    }
    monkeypatch.setenv("LAYERWISE_OWNER_PREFIX", prefix)
    user = SimpleNamespace(pw_name="jupyter-ana")
    monkeypatch.setattr("pwd.getpwuid", lambda uid: user)
    assert is_user(1001, "ana")
    assert not is_user(1001, "jupyter-ana")


def test_tljh_kernels_are_forked_by_the_shared_parent(tljh):
    service = unit(TLJH / "layerwise-kernels.service")["Service"]
    own = dict(line.split("=", 1) for line in service["Environment"])
    server = tljh.Spawner.environment
    assert own[multiuser.VARIABLE] == server[multiuser.VARIABLE]
    assert settings.import_settings(own) == settings.import_settings(server)
    # Either would part the parent from the servers that ask it.
    assert not [name for name in service if name.startswith(("Private", "Protect"))]
    assert "User" not in service
    assert tljh.SystemdSpawner.isolate_tmp is False
    assert tljh.SystemdSpawner.isolate_devices is False
    python, *arguments = service["ExecStart"][0].split()
    assert arguments == ["-m", "autograder.warm.multiuser"]
    assert Path(python).parent == Path(tljh.Spawner.cmd[0]).parent


def test_tljh_grader_is_the_service_that_the_hub_knows(tljh, monkeypatch):
    section = unit(TLJH / "layerwise-grader.service")["Service"]
    own = dict(line.split("=", 1) for line in section["Environment"])
    known = tljh.JupyterHub.services[-1]
    assert own["JUPYTERHUB_SERVICE_URL"] == known["url"]
    assert own["JUPYTERHUB_SERVICE_NAME"] == known["name"]
    assert own["JUPYTERHUB_SERVICE_PREFIX"] == f"/services/{known['name']}/"
    assert own["JUPYTERHUB_CLIENT_ID"] == f"service-{known['name']}"
    assert own["LAYERWISE_EXCHANGE"] == tljh.Spawner.environment["LAYERWISE_EXCHANGE"]
    _, *arguments = section["ExecStart"][0].split()
    seen = {}
    monkeypatch.setattr(
        "autograder.serve.command._serve", lambda o: seen.update(vars(o))
    )
    from autograder import cli

    cli.main(arguments)
    assert seen["check_owner"]
    teacher = spawned(tljh.Spawner.pre_spawn_hook, "instructor", {})
    assert str(seen["course"]) == teacher.environment["LAYERWISE_COURSE"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("path", sorted(TLJH.glob("*.service")), ids=lambda p: p.stem)
def test_systemd_takes_the_units(path, tmp_path):
    def complaints(text):
        copy = tmp_path / path.name
        # The course's programs are not where an installation has them.
        copy.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))
        return subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", copy],
            capture_output=True,
            text=True,
        ).stderr

    text = path.read_text()
    assert path.name not in complaints(text)
    assert "Unknown key" in complaints(text.replace("Restart=", "Restarts="))


def test_kubernetes_values_have_keys_of_the_chart():
    assert key_faults(values(), CHART_KEYS) == []
    ngshare = yaml.safe_load((KUBERNETES / "ngshare.yaml").read_text())
    assert key_faults(ngshare, NGSHARE_KEYS) == []


def test_kubernetes_sets_what_its_classes_have():
    assert faults(pod_hub(), POD_CLASSES) == []
    for name, service in values()["hub"]["services"].items():
        assert service_faults({"name": name, **service}) == []


def test_kubernetes_gives_each_user_their_role():
    config = pod_hub()
    hook, before = config.KubeSpawner.pre_spawn_hook, config.KubeSpawner.environment
    student = spawned(hook, "ana", before).environment
    teacher = spawned(hook, "instructor", before).environment
    roles = "/opt/layerwise/roles"
    assert student["JUPYTER_CONFIG_PATH"] == f"{roles}/kubernetes:{roles}/student"
    assert teacher["JUPYTER_CONFIG_PATH"] == f"{roles}/kubernetes:{roles}/instructor"
    assert "LAYERWISE_COURSE" not in student
    # A pod has processes of its own: no parent can be shared.
    assert multiuser.VARIABLE not in student


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_kubernetes_exchanges_through_ngshare(role, monkeypatch, tmp_path):
    # ngshare_exchange itself cannot be locked beside JupyterLab 4: it asks for a
    # jupyter-core of 2022. This stands for what it does to nbgrader's configuration.
    names = ExchangeFactory.class_trait_names(config=True)

    def configure_exchange(c, ngshare_url=None):
        c.ExchangeFactory.update(dict.fromkeys(names, ngshare_url))

    module = types.ModuleType("ngshare_exchange")
    module.configureExchange = configure_exchange
    monkeypatch.setitem(sys.modules, "ngshare_exchange", module)
    url = values()["singleuser"]["extraEnv"]["LAYERWISE_NGSHARE"]
    config = read_role(
        monkeypatch,
        HUB / "config" / role / "nbgrader_config.py",
        JUPYTERHUB_USER="ana",
        LAYERWISE_COURSE=str(HUB.parent),
        LAYERWISE_EXCHANGE="/nonexistent",
        LAYERWISE_NGSHARE=url,
    )
    config.merge(load(KUBERNETES / "roles" / "kubernetes" / "nbgrader_config.py"))
    # None of the classes for system users is left, and ngshare learns who it is from
    # the hub: it refuses a student's id.
    assert set(config.ExchangeFactory.values()) == {url}
    assert config.CourseDirectory.student_id == "*"
    assert config.CourseDirectory.course_id == "layerwise"


def test_kubernetes_lets_ngshare_and_the_hub_talk():
    hub, proxy = values()["hub"], values()["proxy"]
    (into,) = hub["networkPolicy"]["ingress"]
    (out,) = proxy["chp"]["networkPolicy"]["egress"]
    assert into["from"] == out["to"]
    assert hub["services"]["ngshare"]["url"].endswith(f":{out['ports'][0]['port']}")


def test_kubernetes_image_holds_no_solution():
    lines = (KUBERNETES / "Dockerfile").read_text().splitlines()
    copied = [
        source
        for line in lines
        if line.startswith("COPY ")
        for source in line.split()[1:-1]
    ]
    assert copied
    for source in copied:
        path = HUB.parent / source
        assert path.exists(), source
        assert not (HUB.parent / "solutions").is_relative_to(path), source
        assert "solutions" not in Path(source).parts
