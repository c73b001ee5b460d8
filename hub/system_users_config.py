"""A hub whose students are system users of its machine: each reads what is their own.

Run as root. `README.md` says how the folders are laid out; a test lays them out so and
tries to read what is another's.
"""

import grp
import os
import pwd
import shutil
import sys
from pathlib import Path

INSTRUCTORS, STUDENTS = "layerwise-instructors", "layerwise-students"

if os.geteuid() != 0:
    sys.exit("system_users_config.py needs root: servers run as their users")
# The system user whom the course's folder belongs to: grading runs as that user.
owner = Path(os.environ["LAYERWISE_COURSE"]).owner()
teaching = grp.getgrnam(INSTRUCTORS)
if teaching.gr_gid not in os.getgrouplist(owner, pwd.getpwnam(owner).pw_gid):
    # Nor could they read what is submitted.
    sys.exit(f"the course belongs to {owner}, who is not in the group {INSTRUCTORS}")
os.environ["LAYERWISE_INSTRUCTORS"] = " ".join(teaching.gr_mem)
os.environ.setdefault("LAYERWISE_HUB_STATE", "/var/lib/layerwise/hub")
os.environ.setdefault("LAYERWISE_EXCHANGE", "/var/lib/layerwise/exchange")

c = get_config()  # noqa: F821  (JupyterHub defines it when it reads this file)
# By its folder: JupyterHub would look for it in the current one, and go on without it.
load_subconfig(  # noqa: F821
    "jupyterhub_config.py", path=str(Path(__file__).resolve().parent)
)

# The system's own passwords; whoever is in neither group does not get in.
c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.open_sessions = False
c.Authenticator.allowed_users = set()
c.PAMAuthenticator.allowed_groups = {INSTRUCTORS, STUDENTS}

# Each server is its user's, with that user's home, groups and rights.
c.JupyterHub.spawner_class = "localprocess"
c.Spawner.args = ["--log-level=WARN"]
c.Spawner.environment["LAYERWISE_CHECK_OWNER"] = "1"

for service in c.JupyterHub.services:
    if service["name"] == "grader":
        # Not root's: it reads what students wrote, and writes the class's folder.
        service["user"] = owner
        service["command"].append("--check-owner")

give_role = c.Spawner.pre_spawn_hook


def set_up(spawner):
    """Closes a home to others, as many systems do not, and gives the role."""
    home = Path(pwd.getpwnam(spawner.user.name).pw_dir)
    home.chmod(home.stat().st_mode & 0o700)
    give_role(spawner)


c.Spawner.pre_spawn_hook = set_up

# nbgrader would make these with whatever group the first instructor has. Students write
# to `inbound`, cannot list it, and rename only what is theirs; what they put there has
# the instructors' group.
shared_course = Path(os.environ["LAYERWISE_EXCHANGE"]) / "layerwise"
for folder, mode in ((shared_course, 0o2755), (shared_course / "inbound", 0o3733)):
    folder.mkdir(exist_ok=True)
    shutil.chown(folder, owner, INSTRUCTORS)
    folder.chmod(mode)
