"""The hub that `autograder load` starts for itself; `hub.py` sets the variables.

As the demo's hub, less what people need: nobody logs in, tokens come from the service
`load`, nothing grades.
"""

import os
import sys
from pathlib import Path

from autograder.proof.load.spawner import NumberSpawner
from autograder.warm.multiuser import VARIABLE

folder = Path(os.environ["LAYERWISE_LOAD_FOLDER"])
hub_files = Path(os.environ["LAYERWISE_LOAD_HUB_FILES"])
port = int(os.environ["LAYERWISE_LOAD_PORT"])
limit = int(os.environ["LAYERWISE_LOAD_SERVER_SECONDS"])

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (JupyterHub defines it)

c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{port + 2}"
c.ConfigurableHTTPProxy.command = [
    str(hub_files / "node_modules" / ".bin" / "configurable-http-proxy")
]
c.ConfigurableHTTPProxy.log_level = "warn"
c.ConfigurableHTTPProxy.pid_file = str(folder / "private" / "proxy.pid")
c.JupyterHub.cookie_secret_file = str(folder / "private" / "cookie_secret")
c.JupyterHub.db_url = f"sqlite:///{folder / 'private' / 'jupyterhub.sqlite'}"
c.JupyterHub.cleanup_servers = True
c.JupyterHub.log_level = "WARN"
c.JupyterHub.authenticator_class = "null"
# A request to start a server is answered at once; whoever asked watches its progress.
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}

c.JupyterHub.spawner_class = NumberSpawner
c.SimpleLocalProcessSpawner.home_dir_template = str(folder / "homes" / "{username}")
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--log-level=WARN"]
if os.geteuid() == 0:
    # Students have users of their own; jupyterhub asks before it has looked.
    c.Spawner.args.append("--allow-root")
c.Spawner.start_timeout = c.Spawner.http_timeout = limit
c.Spawner.environment = {
    "LAYERWISE_EXCHANGE": str(folder / "course" / "exchange"),
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "JUPYTER_CONFIG_PATH": str(hub_files / "config" / "student"),
    "JUPYTER_PATH": str(folder / "jupyter"),
    # A parent of a student's own is not to stay long after its last kernel.
    "LAYERWISE_WARM_SECONDS": "30",
}

c.JupyterHub.services = [
    {"name": "load", "api_token": os.environ["LAYERWISE_LOAD_TOKEN"]}
]
if os.environ.get(VARIABLE):
    c.JupyterHub.services.append(
        {
            "name": "kernels",
            "command": [sys.executable, "-m", "autograder.warm.multiuser"],
            "environment": {
                **c.Spawner.environment,
                VARIABLE: os.environ[VARIABLE],
            },
        }
    )
c.JupyterHub.load_roles = [
    {
        "name": "load",
        "services": ["load"],
        "scopes": ["admin:users", "admin:server_state", "tokens", "servers"],
    }
]
