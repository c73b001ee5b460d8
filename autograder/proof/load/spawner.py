"""Starts a student's server as a system user of the student's own, without an account.

The system knows users by number alone, so that numbers without an account keep the
students' processes and files apart.
"""

import os
from collections.abc import Callable

from jupyterhub.spawner import SimpleLocalProcessSpawner

# The first of the students' numbers, in the hub's environment; empty where the hub is
# not root's, and all students are its own user.
VARIABLE = "LAYERWISE_LOAD_FIRST_USER"


def user_of(name: str, first: int) -> int:
    """Returns a student's user id.

    Args:
        name: Such as `"s07"`.
        first: The id of `"s00"`.
    """
    return first + int(name[1:])


class NumberSpawner(SimpleLocalProcessSpawner):
    """A local process for each student, which drops to the student's user id."""

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Returns what the new process does before it is the server."""
        home, first = self.home_dir, os.environ.get(VARIABLE)

        def become() -> None:
            os.umask(0o022)
            os.makedirs(f"{home}/tmp", 0o700, exist_ok=True)
            if first:
                user = user_of(name, int(first))
                os.chown(home, user, user)
                os.chown(f"{home}/tmp", user, user)
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            os.chmod(home, 0o700)
            os.chdir(home)

        return become

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Gives sockets and warm parents a place that ends with the load's folder."""
        return {**super().user_env(env), "TMPDIR": f"{self.home_dir}/tmp"}
