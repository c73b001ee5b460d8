"""A hub of system users with people at work: what a student might be after."""

from pathlib import Path

import psutil
from api import Account

HW = "hw04_resnet"
RUN = """
import subprocess
done = subprocess.run({command}, cwd={folder}, capture_output=True, text=True)
print(done.returncode, done.stdout, done.stderr)
"""


class Machine:
    """The hub, its people and their kernels."""

    def __init__(self, hub, place):
        self.hub, self.place = hub, place
        self.people, self.kernels = {}, {}
        for name in ("teacher", "bo", "ana"):
            account = Account(hub.address, name, hub.password)
            account.start()
            self.people[name], self.kernels[name] = account, account.kernel()
        self.inbound = place / "exchange" / "layerwise" / "inbound"
        self.teach("nbgrader", "release_assignment", HW)
        for name in ("bo", "ana"):
            self.assignments(name, "fetch")
        self.assignments("bo", "submit")
        self.teach("nbgrader", "collect", HW)
        (self.submission,) = self.inbound.iterdir()

    def teach(self, *command):
        """Runs a command in the course, as the teacher; returns what it printed."""
        code = RUN.format(
            command=list(command), folder=repr(str(self.place / "course"))
        )
        said = self.kernels["teacher"].run(code)
        assert said.startswith("0 "), said
        return said

    def assignments(self, name, verb):
        """Fetches or submits by the address that JupyterLab's list asks."""
        data = {"course_id": "layerwise", "assignment_id": HW}
        answer = self.people[name].own("POST", f"assignments/{verb}", data=data)
        assert answer.json()["success"], answer.text
        if verb == "fetch":
            # nbgrader says "success" of a fetch that failed, too.
            folder = self.place / "home" / name / HW
            assert folder.is_dir(), self.hub.words()[-3000:]

    def pid(self, name):
        """Returns the process id of somebody's kernel."""
        return int(self.kernels[name].run("import os; print(os.getpid())"))

    def server(self, name):
        """Returns the process of somebody's server."""
        return next(
            process
            for process in psutil.process_iter(["username", "cmdline", "uids"])
            if "jupyterhub.singleuser" in (process.info["cmdline"] or ())
            and process.info["uids"].real == self.uid(name)
        )

    def uid(self, name):
        return (self.place / "home" / name).stat().st_uid

    def secrets(self):
        """Returns paths of what ana has no business with, by what they are."""
        course, home = self.place / "course", self.place / "home"
        classroom, private = course / "classroom", self.place / "state" / "private"
        hub = self.server("bo").parent()
        return {
            "bo's notebook": home / "bo" / HW / f"{HW}.ipynb",
            "what bo submitted, by its exact name": self.submission / f"{HW}.ipynb",
            "bo's secret for feedback": self.submission / "submission_secret.txt",
            "what was collected": classroom / "submitted" / "bo" / HW / f"{HW}.ipynb",
            "the gradebook": classroom / "gradebook.db",
            "the grader's queue": classroom / "served" / "queue.sqlite",
            "the solution": course / "solutions" / HW / f"{HW}.ipynb",
            "the hidden tests": course / "solutions" / HW / f"{HW}.py",
            "the hub's database": private / "jupyterhub.sqlite",
            "the hub's cookie secret": private / "cookie_secret",
            "the hub's environment": Path(f"/proc/{hub.pid}/environ"),
            "the environment of bo's server": Path(
                f"/proc/{self.server('bo').pid}/environ"
            ),
            "the environment of bo's kernel": Path(f"/proc/{self.pid('bo')}/environ"),
            "the maps of bo's kernel": Path(f"/proc/{self.pid('bo')}/maps"),
        }
