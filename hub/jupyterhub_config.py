"""A JupyterHub of its own machine: `make hub`.

Four people, one system user, the loopback: to try the course with, not to teach with.
What an installation changes is marked INSTALLATION; `system_users_config.py` changes
it for a machine whose students are system users.
"""

import json
import os
import sys
from pathlib import Path

from autograder.warm.kernelspec import specification
from autograder.warm.multiuser import VARIABLE

here = Path(__file__).resolve().parent
course = Path(os.environ.get("LAYERWISE_COURSE", here.parent)).resolve()
# The hub's own: `private` holds databases and keys, `shared` what every user reads,
# `homes` the demo's home folders. Never in git.
state = Path(os.environ.get("LAYERWISE_HUB_STATE", course / "classroom" / "hub"))
private, shared, homes = state / "private", state / "shared", state / "homes"
# INSTALLATION: a folder that students may enter, outside of classroom/.
exchange = Path(os.environ.get("LAYERWISE_EXCHANGE", course / "exchange"))
port = int(os.environ.get("LAYERWISE_HUB_PORT", "8000"))
# INSTALLATION: who teaches; everybody else who may log in is a student.
instructors = set(os.environ.get("LAYERWISE_INSTRUCTORS", "instructor").split())
students = {"ana", "bo", "chen"}

c = get_config()  # noqa: F821  (JupyterHub defines it when it reads this file)

# INSTALLATION: behind a web server that speaks TLS, or with JupyterHub.ssl_key.
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [
    str(here / "node_modules" / ".bin" / "configurable-http-proxy")
]
c.ConfigurableHTTPProxy.log_level = "warn"
c.ConfigurableHTTPProxy.pid_file = str(private / "proxy.pid")
c.JupyterHub.cookie_secret_file = str(private / "cookie_secret")
# INSTALLATION: a database server where more than a few dozen people log in at once.
c.JupyterHub.db_url = f"sqlite:///{private / 'jupyterhub.sqlite'}"
c.JupyterHub.cleanup_servers = True
c.JupyterHub.log_level = "WARN"

# INSTALLATION: your university's login (OAuthenticator, LDAP, PAM), and roles by group.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ.get(
    "LAYERWISE_HUB_PASSWORD", ""
)
c.Authenticator.allowed_users = instructors | students

# INSTALLATION: a spawner with a user or a container for each student. Here all share
# one system user, so that a terminal of a student's reads whatever the demo's user can.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(homes / "{username}")
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--log-level=WARN"]
if os.geteuid() == 0:
    c.Spawner.args.append("--allow-root")
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    "LAYERWISE_EXCHANGE": str(exchange),
    # Tests find nbgrader's programs, and nbgrader finds alembic.
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Found before the environment's own kernels: `python3` starts warm.
    "JUPYTER_PATH": str(shared / "jupyter"),
    # One parent of kernels for all users of the hub.
    VARIABLE: str(shared / "warm"),
}


def set_up(spawner):
    """Gives each user the configuration of their role."""
    teaches = spawner.user.name in instructors
    spawner.environment = {
        **spawner.environment,
        "JUPYTER_CONFIG_PATH": str(
            here / "config" / ("instructor" if teaches else "student")
        ),
    }
    if teaches:
        spawner.notebook_dir = str(course)
        spawner.environment["LAYERWISE_COURSE"] = str(course)


c.Spawner.pre_spawn_hook = set_up

c.JupyterHub.load_groups = {"instructors": {"users": sorted(instructors)}}
c.JupyterHub.services = [
    {
        "name": "grader",
        "url": f"http://127.0.0.1:{port + 3}",
        "command": [
            *(sys.executable, "-m", "autograder.cli", "--course", str(course)),
            "serve",
        ],
        "environment": {
            "LAYERWISE_EXCHANGE": str(exchange),
            "PATH": os.environ["PATH"],
        },
        # It asks who is there, and whether they teach; no more.
        "oauth_client_allowed_scopes": ["read:users:groups!user"],
        "oauth_no_confirm": True,
        "display": True,
    },
    # The last to be stopped: servers would start kernels anew that end before them.
    {
        "name": "kernels",
        "command": [sys.executable, "-m", "autograder.warm.multiuser"],
        "environment": c.Spawner.environment,
    },
]
c.JupyterHub.load_roles = [
    {"name": "user", "scopes": ["self", "access:services!service=grader"]}
]

for folder, mode in (
    (state, 0o711),
    (private, 0o700),
    (homes, 0o755),
    (shared, 0o755),
    (shared / "warm", 0o755),
    (exchange, 0o1777),
):
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)
kernel = shared / "jupyter" / "kernels" / "python3"
kernel.mkdir(parents=True, exist_ok=True)
(kernel / "kernel.json").write_text(json.dumps(specification()), encoding="utf-8")
