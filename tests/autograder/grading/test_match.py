"""The course's cells are found, whatever a program or a student did to a notebook.

Cells are run here one after the other in one namespace, as Jupyter would: a right
answer must pass its tests after the notebook was put together again.
"""

import copy
import random
import types

import nbformat
import pytest

from autograder.cells import by_id, is_answer, is_test
from autograder.grading.assignment import load_assigned
from autograder.grading.restore import restore

ALL = ["setup", "double", "test_double", "area", "test_area", "why"]
ESSAY = "Because both sides grow."
MARK = "nbgrader"


@pytest.fixture(scope="module")
def assigned(built_once):
    return load_assigned(built_once.course, built_once.assignment)


@pytest.fixture
def answered(built_once, find_cell):
    notebook = copy.deepcopy(built_once.answered())
    find_cell(notebook, "why").source = ESSAY
    return notebook


@pytest.fixture
def put_together(assigned, monkeypatch):
    """A function that restores a notebook; returns notes and the tests that fail."""
    helper = types.ModuleType("helper")
    helper.SCALE = 1.0
    monkeypatch.setitem(__import__("sys").modules, "helper", helper)

    def run(notebook):
        notes = restore(notebook, assigned.full, assigned.released)
        nbformat.validate(notebook)
        assert len({cell["id"] for cell in notebook.cells}) == len(notebook.cells)
        originals = by_id(assigned.full)
        marked = [cell for cell in notebook.cells if MARK in cell.metadata]
        assert len(marked) == len(by_id(notebook)), "one id twice"
        for name, cell in by_id(notebook).items():
            assert cell.metadata == originals[name].metadata
            assert is_answer(cell) or cell.source == originals[name].source
        # All that the gradebook needs is there.
        needed = {name for name in ALL if originals[name].metadata.nbgrader.grade}
        assert set(by_id(notebook)) >= needed | {"setup"}
        return notes, failed(notebook)

    return run


def failed(notebook):
    """Runs the cells; returns the grade ids of tests that raise."""
    names, raised = {}, []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            exec(cell.source, names)
        except Exception:
            if is_test(cell):
                raised.append(cell.metadata.nbgrader.grade_id)
    return raised


def strip(notebook, ids=True, only=None):
    """Does what programs do that keep no metadata, and number cells anew."""
    for number, cell in enumerate(notebook.cells):
        name = cell.metadata.get(MARK, {}).get("grade_id")
        if only is None or name in only:
            cell.metadata.clear()
        if not ids:
            cell["id"] = f"c{number}"


def code(source, **metadata):
    cell = nbformat.v4.new_code_cell(source, id="new")
    cell.metadata.update(metadata)
    return cell


def text(source):
    return nbformat.v4.new_markdown_cell(source, id="new-text")


@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("only", [None, ALL[:3], ALL[3:], ["why"], ["setup"]])
def test_cells_without_metadata_are_known(answered, put_together, ids, only):
    strip(answered, ids, only)
    assert put_together(answered) == ([], [])
    assert list(by_id(answered)) == ALL
    assert by_id(answered)["why"].source == ESSAY
    assert len(answered.cells) == 1 + len(ALL)


def test_metadata_that_are_lost_one_by_one(answered, put_together):
    for seed in range(60):
        draw = random.Random(seed)
        notebook = copy.deepcopy(answered)
        only = [name for name in ALL if draw.random() < 0.6]
        strip(notebook, draw.random() < 0.5, only)
        for _ in range(draw.randrange(3)):
            place = draw.randrange(len(notebook.cells) + 1)
            added = code("scratch = 1") if draw.random() < 0.5 else text("A note.")
            added["id"] = f"mine-{place}-{len(notebook.cells)}"
            notebook.cells.insert(place, added)
        assert put_together(notebook) == ([], []), seed
        assert list(by_id(notebook)) == ALL, seed


def test_ids_that_were_shifted_belong_to_nobody(answered, put_together):
    ids = [cell["id"] for cell in answered.cells]
    strip(answered)
    for cell, id in zip(answered.cells, [*ids[1:], ids[0]], strict=True):
        cell["id"] = id
    assert put_together(answered) == ([], [])
    assert list(by_id(answered)) == ALL
    assert "def double" in by_id(answered)["double"].source


def test_cells_that_lost_metadata_and_were_put_in_another_order(answered, put_together):
    strip(answered, ids=False)
    head, setup, double, test_double, area, test_area, why = answered.cells
    answered.cells = [head, setup, test_area, test_double, why, area, double]
    assert put_together(answered) == ([], [])
    assert by_id(answered)["why"].source == ESSAY


@pytest.mark.parametrize("lose", [False, True])
def test_cells_in_any_order(answered, put_together, lose):
    for seed in range(40):
        notebook = copy.deepcopy(answered)
        random.Random(seed).shuffle(notebook.cells)
        if lose:
            strip(notebook, ids=False)
        assert put_together(notebook) == ([], []), seed


def test_tests_of_moved_answers_stay_in_their_order(answered, put_together, find_cell):
    moved = [find_cell(answered, name) for name in ("double", "area")]
    answered.cells = [cell for cell in answered.cells if cell not in moved]
    answered.cells.append(code(f"{moved[0].source}\n\n{moved[1].source}"))
    assert put_together(answered) == ([], [])
    assert list(by_id(answered))[-2:] == ["test_double", "test_area"]


def test_the_whole_notebook_twice(answered, put_together):
    copies = copy.deepcopy(answered.cells)
    answered.cells += copies
    notes, lost = put_together(answered)
    assert lost == []
    assert "test_double was there twice" in notes


def test_the_answers_in_the_first_copy_and_stubs_in_the_second(
    answered, released, put_together
):
    answered.cells += copy.deepcopy(released.cells)
    _, lost = put_together(answered)
    assert lost == []
    assert by_id(answered)["why"].source == ESSAY


@pytest.mark.parametrize("ids", [True, False])
def test_two_copies_without_metadata(answered, released, put_together, ids):
    strip(answered, ids)
    strip(released, ids=False)
    answered.cells += copy.deepcopy(released.cells)
    _, lost = put_together(answered)
    assert lost == []


@pytest.mark.parametrize("place", [2, 4, -1])
@pytest.mark.parametrize("lose", [False, True])
def test_an_answer_in_a_new_cell_beside_its_stub(
    released, answered, put_together, find_cell, place, lose
):
    for name in ("double", "area", "why"):
        if name != "double":
            find_cell(released, name).source = find_cell(answered, name).source
    released.cells.insert(place, code(find_cell(answered, "double").source))
    if lose:
        strip(released, ids=False)
    assert put_together(released) == ([], [])
    assert "x + x" in by_id(released)["double"].source


def test_an_answer_split_in_two(answered, put_together, find_cell):
    double = find_cell(answered, "double")
    first, second = "def half(x):\n    return x", double.source
    for keep in (False, True):
        notebook = copy.deepcopy(answered)
        cell = find_cell(notebook, "double")
        cell.source = second.replace("x + x", "half(x) + half(x)")
        before = copy.deepcopy(cell)
        before.source = first
        if not keep:
            before.metadata.clear()
        notebook.cells.insert(notebook.cells.index(cell), before)
        assert put_together(notebook) == ([], [])
        assert first in [cell.source for cell in notebook.cells]


def merge(notebook, find_cell, *names):
    """Merges cells as JupyterLab does: the first keeps its metadata."""
    first, *others = [find_cell(notebook, name) for name in names]
    first.source = "\n\n".join([first.source, *(cell.source for cell in others)])
    notebook.cells = [cell for cell in notebook.cells if cell not in others]


@pytest.mark.parametrize("lose", [False, True])
@pytest.mark.parametrize(
    "names",
    [
        ["setup", "double"],
        ["setup", "double", "test_double"],
        ["double", "test_double"],
        ["test_double", "area"],
        ["double", "area"],
        ["double", "test_double", "area", "test_area"],
        ["setup", "double", "test_double", "area", "test_area"],
    ],
)
def test_cells_that_were_merged(answered, put_together, find_cell, names, lose):
    merge(answered, find_cell, *names)
    if lose:
        strip(answered, ids=False)
    _, lost = put_together(answered)
    assert lost == []


def test_an_answer_in_a_locked_cell_is_kept_and_remarked(
    answered, put_together, find_cell
):
    merge(answered, find_cell, "setup", "double")
    notes, lost = put_together(answered)
    assert notes == ["setup was changed (what was added to it is kept beside it)"]
    assert lost == []
    names = list(by_id(answered))
    assert names[:2] == ["setup", "double"]
    assert by_id(answered)["double"].source == "def double(x):\n    return x + x"


def test_what_was_added_to_a_test_runs_as_the_student_s(
    answered, put_together, find_cell
):
    test = find_cell(answered, "test_double")
    test.source += "\nprint(double(3))\nmine = double(4)"
    notes, lost = put_together(answered)
    assert notes == ["test_double was changed (what was added to it is kept beside it)"]
    assert lost == []
    place = answered.cells.index(by_id(answered)["test_double"])
    added = answered.cells[place + 1]
    assert added.source == "print(double(3))\nmine = double(4)"
    assert (added.cell_type, added.metadata) == ("code", {})


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("test_double", "double(2) == 4", "double(2) != 7"),
        ("test_double", "assert", "assert True or"),
        ("setup", "import math", "from cmath import *\nmath = 3"),
    ],
)
def test_what_stands_in_place_of_the_course_s_does_not_run(
    answered, put_together, find_cell, name, old, new
):
    cell = find_cell(answered, name)
    cell.source = cell.source.replace(old, new)
    notes, _ = put_together(answered)
    assert notes[0].startswith(f"{name} was changed")
    shown = [
        cell.source
        for cell in answered.cells
        if cell.cell_type == "markdown" and "before it was put back" in cell.source
    ]
    assert len(shown) == 1
    assert f"`{name}`" in shown[0]
    assert new.splitlines()[-1] in shown[0]


def test_imports_added_to_a_changed_cell_are_kept(answered, put_together, find_cell):
    find_cell(answered, "setup").source = "import math, statistics\nimport random"
    find_cell(answered, "area").source = "def area(r):\n    return math.pi * r ** 2"
    answered.cells.append(code("used = statistics.mean([random.random()])"))
    _, lost = put_together(answered)
    assert lost == []
    assert "import math, statistics" in [
        line for cell in answered.cells for line in cell.source.split("\n")
    ]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda cells, why: cells.remove(why), None),
        (lambda cells, why: why.metadata.clear(), ESSAY),
        (lambda cells, why: (cells.remove(why), cells.append(text(ESSAY))), ESSAY),
        (lambda cells, why: (why.metadata.clear(), why.update(cell_type="raw")), ESSAY),
    ],
    ids=["deleted", "without metadata", "typed anew", "as raw text"],
)
def test_an_answer_that_a_person_marks_is_there_to_be_marked(
    answered, put_together, find_cell, assigned, change, kept
):
    why = find_cell(answered, "why")
    change(answered.cells, why)
    retyped = ["why was changed"] if why.cell_type == "raw" else []
    notes, _ = put_together(answered)
    assert notes == (retyped if kept else ["why was missing"])
    found = by_id(answered)["why"]
    assert found.cell_type == "markdown"
    assert found.source == (kept or by_id(assigned.released)["why"].source)


@pytest.mark.parametrize("lose", [False, True])
@pytest.mark.parametrize("behind", [1, 0])
def test_an_answer_beside_its_question_is_the_one_that_is_marked(
    answered, released, put_together, find_cell, lose, behind
):
    question = find_cell(released, "why").source
    why = find_cell(answered, "why")
    why.source = question
    answered.cells.insert(answered.cells.index(why) + behind, text(ESSAY))
    if lose:
        strip(answered, ids=False)
    assert put_together(answered) == ([], [])
    assert by_id(answered)["why"].source == ESSAY
    assert question in [cell.source for cell in answered.cells]


@pytest.mark.parametrize("lose", [False, True])
def test_a_heading_of_the_course_s_is_nobody_s_answer(assigned, find_cell, lose):
    forms = [copy.deepcopy(form) for form in (assigned.full, assigned.released)]
    for form in forms:
        form.cells.insert(-1, text("## The last part"))
    notebook = copy.deepcopy(forms[1])
    if lose:
        strip(notebook, ids=False)
    assert restore(notebook, *forms) == []
    assert find_cell(notebook, "why").source == find_cell(forms[1], "why").source


def test_pictures_in_an_answer_stay(answered, put_together, find_cell):
    picture = {"x.png": {"image/png": "AAAA"}}
    find_cell(answered, "why")["attachments"] = picture
    assert put_together(answered) == ([], [])
    assert by_id(answered)["why"].attachments == picture


def test_notes_of_a_student_are_nobody_s_answer(answered, put_together):
    strip(answered, ids=False)
    answered.cells.insert(2, text("Here I define double."))
    answered.cells.append(text("The end."))
    assert put_together(answered) == ([], [])
    assert by_id(answered)["why"].source == ESSAY


@pytest.mark.parametrize(
    "change",
    [
        lambda source: source.replace("\n", "\r\n"),
        lambda source: source + "\n\n",
        lambda source: "\n".join(line + "  " for line in source.split("\n")),
        lambda source: source.replace("    ", "\t"),
        lambda source: "\ufeff" + source,
        lambda source: source.replace(" == ", "  ==  \\\n   "),
        lambda source: source.replace('"', "'"),
    ],
    ids=["CRLF", "lines", "blanks", "tabs", "mark", "formatted", "quotes"],
)
def test_what_an_editor_does_on_saving_is_no_change(answered, put_together, change):
    for cell in answered.cells:
        if not is_answer(cell) and cell.cell_type == "code":
            cell.source = change(cell.source)
    assert put_together(answered) == ([], [])


def test_nothing_that_is_no_code_stops_anything(answered, put_together):
    odd = "def double(:\n" + "(" * 500 + "\n%%magic\n\0\n'''"
    for cell in answered.cells[1:]:
        notebook = copy.deepcopy(answered)
        place = answered.cells.index(cell)
        notebook.cells[place].source += "\n" + odd
        notebook.cells.insert(0, code(odd))
        put_together(notebook)
        strip(notebook, ids=False)
        put_together(notebook)


def lose_marks(draw, cells):
    for number, cell in enumerate(cells):
        if draw.random() < 0.7:
            cell.metadata = nbformat.from_dict({})
            if draw.random() < 0.5:
                cell["id"] = f"c{number}-{draw.randrange(10**6)}"


def merge_two(draw, cells):
    place = draw.randrange(len(cells) - 1)
    first, second = cells[place : place + 2]
    if first.cell_type == second.cell_type:
        first.source = f"{first.source}\n\n{second.source}"
        del cells[place + 1]


def split_one(draw, cells):
    place = draw.randrange(len(cells))
    cell = cells[place]
    lines = cell.source.split("\n")
    cuts = [i for i, line in enumerate(lines) if i and line and line[0].isalpha()]
    if cell.cell_type == "code" and cuts:
        cut = draw.choice(cuts)
        second = copy.deepcopy(cell)
        cell.source = "\n".join(lines[:cut]).rstrip()
        second.source = "\n".join(lines[cut:])
        if draw.random() < 0.5:
            second.metadata = nbformat.from_dict({})
        cells.insert(place + 1, second)


def add_one(draw, cells):
    new = code("scratch = [1]\nscratch") if draw.random() < 0.5 else text("A note.")
    new["id"] = f"n{draw.randrange(10**6)}"
    cells.insert(draw.randrange(len(cells) + 1), new)


def type_anew(draw, cells, stubs):
    """Leaves an answer's cell as it was and types the answer into one below."""
    places = [
        place
        for place, cell in enumerate(cells)
        if cell.metadata.get(MARK, {}).get("grade_id") in ("double", "area")
    ]
    if places:
        place = draw.choice(places)
        cell = cells[place]
        new = code(cell.source)
        new["id"] = f"n{draw.randrange(10**6)}"
        cell.source = stubs[cell.metadata[MARK]["grade_id"]]
        cells.insert(place + 1, new)


def repeat_one(draw, cells):
    place = draw.randrange(len(cells))
    cells.insert(place + 1, copy.deepcopy(cells[place]))


@pytest.mark.parametrize("first", range(0, 600, 150))
def test_what_runs_from_top_to_bottom_passes_its_tests(
    answered, released, put_together, first
):
    stubs = {name: cell.source for name, cell in by_id(released).items()}
    changes = [lose_marks, merge_two, split_one, add_one, repeat_one]
    changes.append(lambda draw, cells: type_anew(draw, cells, stubs))
    for seed in range(first, first + 150):
        draw = random.Random(seed)
        notebook = copy.deepcopy(answered)
        for _ in range(draw.randrange(1, 7)):
            draw.choice(changes)(draw, notebook.cells)
        for number, cell in enumerate(notebook.cells):
            if draw.random() < 0.3:
                cell["id"] = f"x{number}"
        copied = {cell["id"] for cell in notebook.cells}
        if len(copied) < len(notebook.cells):
            for number, cell in enumerate(notebook.cells):
                cell["id"] = f"y{number}"
        handed_in = copy.deepcopy(notebook)
        _, lost = put_together(notebook)
        shown = [cell.source for cell in handed_in.cells]
        assert lost == [], (seed, shown)
        whole = "\n".join(cell.source for cell in notebook.cells)
        assert ESSAY in whole, (seed, shown)
