"""What of nbgrader and Jupyter's packages the engine relies on without a promise.

A failure here says which part of which package an upgrade changed, and what of ours
does not work any more.
"""

import copy
import importlib
import inspect
import subprocess
import sys
from importlib import metadata
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbconvert.exporters.html import BeautifulSoup, HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor, SaveAutoGrades

from autograder.cells import find
from autograder.compat_nbgrader import (
    FORMGRADER_PAGES,
    OVERRIDDEN,
    coursedir_of,
    formgrader_script,
    grades_from,
    is_get_grades,
    provisioner_of,
    render_page,
    save_auto_grades,
    use_kernel_spec,
)
from autograder.engine.kernel_client import make_client
from autograder.grading.assignment import load_assigned
from autograder.grading.gradebook import GradebookWriter
from autograder.jupyter.formgrader import with_prefix
from autograder.limits import Limits

OVERRIDES = [(name, method) for name, all in OVERRIDDEN.items() for method in all]
PICTURE = "iVBORw0KGgo="


def upgraded(package, what):
    """Returns a message that names a package's version, and what it broke."""
    return f"{package} {metadata.version(package)}: {what}"


def class_of(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize(("name", "method"), OVERRIDES)
def test_what_we_override_is_there_and_takes_what_ours_takes(name, method):
    ours = class_of(name)
    package = ours.__base__.__module__.partition(".")[0]
    base = f"{ours.__base__.__name__}.{method}"
    assert method in vars(ours), f"{name} does not override {method} any more"
    theirs = getattr(ours.__base__, method, None)
    assert theirs is not None, upgraded(
        package, f"{base} is gone, and {name}.{method} is never called"
    )
    expected = inspect.signature(getattr(ours, method)).parameters
    found = inspect.signature(theirs).parameters
    assert list(found) == list(expected), upgraded(
        package, f"{base} takes {list(found)}, but {name} {list(expected)}"
    )


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_every_method_that_we_override_is_listed(name):
    ours = class_of(name)
    overridden = {
        method
        for method, value in vars(ours).items()
        if inspect.isfunction(value)
        and hasattr(ours.__base__, method)
        and not method.startswith("__")
    }
    assert overridden == set(OVERRIDDEN[name])


def test_the_client_of_a_kernel_still_has_the_options_that_we_set(tmp_path):
    options = {
        "timeout",
        "startup_timeout",
        "interrupt_on_timeout",
        "error_on_timeout",
        "iopub_timeout",
        "raise_on_iopub_timeout",
        "allow_errors",
        "shutdown_kernel",
        "resources",
    }
    missing = options - set(NotebookClient.class_traits())
    assert not missing, upgraded(
        "nbclient", f"NotebookClient ignores {missing}: cells run without them"
    )
    missing = {"client_factory", "connection_file", "transport", "ip"} - set(
        AsyncKernelManager.class_traits()
    )
    assert not missing, upgraded(
        "jupyter-client", f"a kernel manager ignores {missing}"
    )
    client = make_client(nbformat.v4.new_notebook(), Limits(), tmp_path / "work")
    assert client.manager is client.km, upgraded(
        "nbclient", "the kernel manager is no AsyncKernelManager in `km`"
    )


def test_a_kernel_that_is_not_installed_can_be_asked_for():
    manager = AsyncKernelManager()
    spec = KernelSpec(argv=["python"], display_name="Ours")
    use_kernel_spec(manager, spec)
    assert manager.kernel_spec is spec, upgraded(
        "jupyter-client",
        "KernelManager.kernel_spec is not that of `_kernel_spec`: the split run would "
        "start the kernel that is installed, without its sandbox",
    )


def test_a_kernel_s_process_is_reached_through_its_provisioner():
    manager = AsyncKernelManager()
    assert hasattr(manager, "provisioner"), upgraded(
        "jupyter-client", "KernelManager.provisioner is gone: no process to watch"
    )
    class_ = importlib.import_module("jupyter_client.provisioning").LocalProvisioner
    for name in ("pid", "process", "kill"):
        assert hasattr(class_, name), upgraded(
            "jupyter-client", f"LocalProvisioner.{name} is gone: no process to watch"
        )
    manager.provisioner = class_()
    client = SimpleNamespace(km=manager)
    assert provisioner_of(client) is manager.provisioner


@pytest.fixture
def writer(entered):
    assigned = load_assigned(entered.course, entered.assignment)
    with GradebookWriter(entered.course, assigned) as writer:
        writer.enter_submission("ours", None)
        writer.enter_submission("theirs", None)
        yield writer


def executed(writer):
    """Returns the assignment with one test passed, one failed and one answer given."""
    document = copy.deepcopy(writer.assigned.full)
    error = nbformat.v4.new_output("error", ename="E", evalue="v", traceback=["t"])
    find(document, "test_area").outputs = [error]
    find(document, "double").source = "def double(x):\n    return 2 * x"
    return document


def resources_of(writer, student):
    given = {
        "student": student,
        "assignment": writer.assignment,
        "notebook": writer.assignment,
        "db_url": writer.course.db_url,
    }
    return {"nbgrader": given}


def rows(writer, student):
    """Returns what the gradebook has of a student's submission."""
    writer.gradebook.db.expire_all()
    saved = writer.gradebook.find_submission_notebook(
        writer.assignment, writer.assignment, student
    )
    grades = {
        grade.name: (grade.auto_score, grade.needs_manual_grade)
        for grade in saved.grades
    }
    return grades, {comment.name: comment.auto_comment for comment in saved.comments}


@pytest.mark.kernel
def test_grades_are_saved_as_nbgrader_saves_them(writer):
    config = writer.course.config
    resources = resources_of(writer, "theirs")
    SaveAutoGrades(config=config).preprocess(executed(writer), resources)
    save_auto_grades(
        config, writer.gradebook, executed(writer), resources_of(writer, "ours")
    )
    ours, theirs = rows(writer, "ours"), rows(writer, "theirs")
    assert ours == theirs, upgraded(
        "nbgrader", "SaveAutoGrades.preprocess does more than to run over the cells"
    )
    assert ours[0]["test_double"] == (2, False)
    assert ours[0]["test_area"] == (0, False)
    assert ours[1]["double"] != ours[1]["area"] == "No response."


@pytest.mark.kernel
def test_a_page_gets_the_points_that_nbgrader_gives_it(writer):
    save_auto_grades(
        writer.course.config,
        writer.gradebook,
        executed(writer),
        resources_of(writer, "theirs"),
    )
    shown = {}
    for step in (GetGrades, grades_from(writer.gradebook)):
        given = executed(writer), resources_of(writer, "theirs")
        document, resources = step(config=writer.course.config).preprocess(*given)
        marks = [cell.metadata.get("nbgrader") for cell in document.cells]
        shown[step] = marks, resources
    ours, theirs = shown.values()
    assert ours == theirs, upgraded(
        "nbgrader", "GetGrades.preprocess gives a page more than ours does"
    )
    assert ours[1]["nbgrader"]["score"] == 2


def test_the_step_that_gives_points_is_found_among_those_of_feedback():
    default = GenerateFeedback.class_traits()["preprocessors"].make_dynamic_default()
    assert sum(map(is_get_grades, default)) == 1, upgraded(
        "nbgrader",
        "GenerateFeedback.preprocessors has no GetGrades: pages would be without "
        f"points, or open a gradebook each. It has {default}",
    )
    assert is_get_grades("nbgrader.preprocessors.GetGrades")
    assert not is_get_grades("autograder.jupyter.preprocessors.HideTests")


def test_a_page_is_nbconverts_but_for_its_images_and_tabs():
    outputs = [
        nbformat.v4.new_output("display_data", {"image/png": PICTURE}),
        nbformat.v4.new_output("stream", text="printed"),
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Title\n\n$x^2$"),
            nbformat.v4.new_code_cell("def f(x):\n    return x", outputs=outputs),
        ],
        metadata={"language_info": {"name": "python", "pygments_lexer": "ipython3"}},
    )
    theirs, _ = HTMLExporter().from_notebook_node(copy.deepcopy(notebook))
    highlight = Highlight2HTML(pygments_lexer="ipython3")
    ours, _ = render_page(HTMLExporter(), copy.deepcopy(notebook), None, highlight)
    pages = []
    for page in (ours, theirs):
        soup = BeautifulSoup(page, features="html.parser")
        for element in soup.select("img, [tabindex]"):
            for added in ("alt", "tabindex"):
                element.attrs.pop(added, None)
        pages.append(str(soup))
    assert pages[0] == pages[1], upgraded(
        "nbconvert", "HTMLExporter.from_notebook_node does more than render_page"
    )


@pytest.mark.parametrize("converter", [Autograde, GenerateFeedback])
def test_a_step_finds_the_course_of_its_command(converter, tiny):
    class Step(NbGraderPreprocessor):
        """Looks only."""

    directory = tiny.course.directory()
    command = converter(coursedir=directory, config=tiny.course.config)
    command.exporter = command.exporter_class(parent=command, config=command.config)
    command.exporter.register_preprocessor(Step, enabled=True)
    step = command.exporter._preprocessors[-1]
    assert coursedir_of(step) is directory, upgraded(
        "nbgrader", "a step's parent is no exporter that knows its converter"
    )


def test_a_release_is_made_without_the_gradebook():
    missing = {"no_database", "force"} - set(GenerateAssignment.class_traits())
    assert not missing, upgraded(
        "nbgrader",
        f"GenerateAssignment ignores {missing}: it would refuse once work is graded",
    )


def test_formgraders_links_are_where_we_put_the_prefix():
    script = formgrader_script()
    for page in FORMGRADER_PAGES:
        assert f'"/{page}/"' in script, upgraded(
            "nbgrader", f"formgrader's script opens no {page} at /{page}/"
        )
    mended = with_prefix(script, "/user/instructor/")
    assert '"/user/instructor/tree/"' in mended
    assert '"/tree/"' not in mended
    handlers = importlib.import_module(
        "nbgrader.server_extensions.formgrader.formgrader"
    )
    assert "/formgrader/static/(.*)" in inspect.getsource(handlers), upgraded(
        "nbgrader", "formgrader serves its script elsewhere"
    )


def test_nbgrader_is_imported_without_its_server_extensions():
    code = (
        "import sys\n"
        "from autograder.compat_nbgrader import import_without_server_extensions\n"
        "import_without_server_extensions()\n"
        "import nbgrader.api, nbgrader.preprocessors, nbgrader.converters\n"
        "print([m for m in sys.modules if 'server_extensions.' in m])\n"
        "from nbgrader.server_extensions.formgrader import handlers\n"
        "print(handlers.__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [
        "[]",
        "nbgrader.server_extensions.formgrader.handlers",
    ], (
        f"nbgrader {metadata.version('nbgrader')} imports its server extensions in "
        f"another way: `autograder grade` starts slower.\n{done.stdout}{done.stderr}"
    )
