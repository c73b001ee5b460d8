"""The answers bank as files."""

import nbformat
import pytest

from autograder.authoring.source import SourceError
from autograder.proof.bank import load_answers


@pytest.fixture
def load(tiny):
    solution = nbformat.read(tiny.solution_source.with_suffix(".ipynb"), as_version=4)

    def run(text=None, name="wrong_x.py"):
        folder = tiny.source / tiny.assignment / "answers"
        if text is not None:
            for path in folder.iterdir():
                path.unlink()
            (folder / name).write_text(text, encoding="utf-8")
        before = nbformat.writes(solution)
        answers = load_answers(tiny.course, tiny.assignment, solution)
        assert nbformat.writes(solution) == before
        return answers

    return run


def notebook_of(answer):
    return nbformat.reads(answer.notebook.decode("utf-8"), as_version=4)


HEAD = '# %% [markdown] answer={"fails": {"test_double": "gave"}}\n# About.\n\n'
DOUBLE = '# %% nbgrader={"grade_id": "double"}\ndef double(x): return 5\n\n'


def test_answers_come_by_name_with_what_they_declare(load, find_cell):
    right, wrong = load()
    assert (right.name, right.fails, right.about) == ("right_plus", {}, "Adds.")
    assert wrong.fails == {"test_double": "double(0) gave 5"}
    notebook = notebook_of(wrong)
    nbformat.validate(notebook)
    assert find_cell(notebook, "double").source == (
        "def double(x):\n    return known.get(x, 5)"
    )
    # What the answer does not name stays the reference's, hidden tests included.
    assert "the_answer" in find_cell(notebook, "area").source
    assert "_secret" in find_cell(notebook, "test_double").source


def test_added_cells_stand_before_the_next_answer_or_after_the_last(load):
    (answer,) = load(HEAD + "# %%\na = 1\n\n" + DOUBLE + "# %%\nb = 2\n")
    sources = [cell.source for cell in notebook_of(answer).cells]
    place = sources.index("def double(x): return 5")
    assert sources[place - 1] == "a = 1"
    assert sources[place + 1] == "b = 2"
    ids = [cell["id"] for cell in notebook_of(answer).cells]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("text", "name", "line", "fault"),
    [
        ("", "wrong_x.py", 1, "the first cell must be"),
        (DOUBLE, "wrong_x.py", 1, "the first cell must be"),
        ("# %% [markdown]\n# About.\n", "right_x.py", 1, "the first cell must be"),
        ("# %% [markdown] answer={}\n# A\n\n" + DOUBLE, "wrong_x.py", 1, "must fail"),
        (HEAD + DOUBLE, "right_x.py", 1, "must fail a test, a right one none"),
        (
            HEAD.replace("test_double", "test_gone") + DOUBLE,
            "wrong_x.py",
            1,
            '{"fails": {"test_gone": "gave"}}. Tests: test_area, test_double',
        ),
        (HEAD.replace("fails", "passes"), "wrong_x.py", 1, "answer takes `fails`"),
        (
            '# %% [markdown] answer={"fails": ["test_double"]}\n# A\n',
            "wrong_x.py",
            1,
            'Received: {"fails": ["test_double"]}',
        ),
        ("# %% [markdown] answer=3\n# A\n", "wrong_x.py", 1, "Received: 3"),
        (
            HEAD + DOUBLE.replace('"double"', '"dubble"'),
            "wrong_x.py",
            5,
            "'dubble' is no answer cell of the reference. Answer cells: double, area",
        ),
        (
            HEAD + DOUBLE.replace('"double"', '"test_area"'),
            "wrong_x.py",
            5,
            "'test_area' is no answer cell",
        ),
        (HEAD + "# %%\na = 1\n", "wrong_x.py", 5, "no cell takes a place"),
    ],
)
def test_a_faulty_answer_is_refused_with_file_and_line(load, text, name, line, fault):
    with pytest.raises(SourceError) as caught:
        load(text, name)
    assert f"answers/{name}:{line}: " in str(caught.value)
    assert fault in str(caught.value)
