"""Layerwise on The Littlest JupyterHub, as /opt/tljh/config/jupyterhub_config.d/.

TLJH reads its own config.yaml first, then this file with the hub's Python, which does
not have the course's packages. README.md says what goes where.
"""

from pathlib import Path

c = get_config()  # noqa: F821  (TLJH defines it when it reads this file)

# The hub's names, to which TLJH puts `jupyter-` for the system user.
instructors = {"instructor"}

environment = Path("/opt/layerwise")
course = Path("/srv/layerwise/course")
exchange = Path("/srv/layerwise/exchange")
roles = environment / "roles"
# Of the hub's and the grader's: `grader.env` holds it too. Root's alone to read.
token = Path("/etc/layerwise/grader.token")

c.Spawner.cmd = [str(environment / "bin" / "jupyterhub-singleuser")]
c.SystemdSpawner.extra_paths = [str(environment / "bin")]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {
    "LAYERWISE_EXCHANGE": str(exchange),
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # Where layerwise-kernels.service listens: one parent of kernels for all users.
    "LAYERWISE_SHARED_PARENT": "/run/layerwise",
}
# Either of these gives a server mounts of its own, where the shared parent forks no
# kernel: each user then gets a parent of their own, which takes more memory. With them
# off, /tmp is the machine's, and what a user leaves in it others may read.
c.SystemdSpawner.isolate_tmp = False
c.SystemdSpawner.isolate_devices = False
# Nobody's server becomes root with sudo.
c.SystemdSpawner.disable_user_sudo = True

# A database server where more than a few dozen people log in at once; the hub's Python
# needs psycopg2-binary for it.
# c.JupyterHub.db_url = "postgresql+psycopg2://jupyterhub@localhost/jupyterhub"


def set_up(spawner):
    """Gives each user the configuration of their role."""
    teaches = spawner.user.name in instructors
    role = roles / ("instructor" if teaches else "student")
    changed = {"JUPYTER_CONFIG_PATH": str(role)}
    if teaches:
        spawner.notebook_dir = str(course)
        changed["LAYERWISE_COURSE"] = str(course)
        changed["LAYERWISE_CHECK_OWNER"] = "1"
        # What ana hands in is the system user jupyter-ana's.
        changed["LAYERWISE_OWNER_PREFIX"] = "jupyter-"
    spawner.environment = {**spawner.environment, **changed}


c.Spawner.pre_spawn_hook = set_up

c.JupyterHub.load_groups = {"instructors": {"users": sorted(instructors)}}
# TLJH has put its own service into the list already.
c.JupyterHub.services.extend(
    [
        {
            # Not the hub's child: TLJH's hub has mounts and devices of its own, and
            # what it starts would share them. See layerwise-grader.service.
            "name": "grader",
            "url": "http://127.0.0.1:10101",
            "api_token": token.read_text().strip(),
            # It asks who is there, and whether they teach; no more.
            "oauth_client_allowed_scopes": ["read:users:groups!user"],
            "oauth_no_confirm": True,
            "display": True,
        }
    ]
)
c.JupyterHub.load_roles.extend(
    [{"name": "user", "scopes": ["self", "access:services!service=grader"]}]
)
