"""Starts a student's server as a system user of the student's own, without an account.

The kernel of the system knows users by number only. A number that no account has is as
good as any to keep students' processes and files apart.
"""

import os

from jupyterhub.spawner import SimpleLocalProcessSpawner

# The first of the students' numbers, in the hub's environment; empty where the hub is
# not root's, and all students are its own user.
VARIABLE = "LAYERWISE_LOAD_FIRST_USER"


def user_of(name, first):
    """Returns a student's user id.

    Args:
        name: String, such as `"s07"`.
        first: Integer, the id of `"s00"`.
    """
    return first + int(name[1:])


class NumberSpawner(SimpleLocalProcessSpawner):
    """A local process for each student, which drops to the student's user id."""

    def make_preexec_fn(self, name):
        """Returns what the new process does before it is the server."""
        home, first = self.home_dir, os.environ.get(VARIABLE)

        def become():
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

    def user_env(self, env):
        """Gives sockets and warm parents a place that ends with the load's folder."""
        return {**super().user_env(env), "TMPDIR": f"{self.home_dir}/tmp"}
