"""Reading py:percent sources."""

import nbformat
import pytest

from autograder.authoring.source import SourceError, read_source, set_cell_ids, to_text


def test_cells_know_their_line_and_keep_no_notes_of_jupytext(write_source):
    path = write_source(
        "# %% [markdown]\n# # Title\n\n# %%\nimport math\n\n\n\n# %%\n\n\nmath.pi\n"
    )
    notebook, lines = read_source(path)
    assert [cell.source.strip() for cell in notebook.cells] == [
        "# Title",
        "import math",
        "math.pi",
    ]
    assert lines == [2, 5, 12]
    assert all(not cell.metadata for cell in notebook.cells)


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ('# %%\n1\n\n# %% nbgrader={"grade_id": x}\n', 4, "not JSON"),
        ('# %% nbgrader={"grade_id": "x"\na = 1\n', 1, "not JSON"),
        ("import math\n\n# %%\nmath.pi\n", 1, "before the first cell"),
        ('#%% nbgrader={"grade_id": "x"}\na = 1\n', 1, "before the first cell"),
        ('# %% nbgrader {"grade_id": "x"}\na = 1\n', 1, "without `nbgrader=`"),
        ('# %% points=3 grade_id="x"\na = 1\n', 1, "without `nbgrader=`"),
    ],
)
def test_a_faulty_head_of_a_cell_is_named_with_its_line(
    write_source, text, line, fault
):
    path = write_source(text)
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert fault in str(caught.value)


def test_magics_come_out_as_magics(write_source):
    notebook, _ = read_source(write_source("# %%\n# %matplotlib inline\n"))
    assert notebook.cells[0].source == "%matplotlib inline"


def test_text_is_the_same_each_time_and_a_valid_notebook(write_source):
    path = write_source("# %% [markdown]\n# A\n\n# %%\nb = 1\n")
    texts = set()
    for _ in range(2):
        notebook, _ = read_source(path)
        notebook.cells[1].metadata["nbgrader"] = {"grade_id": "b"}
        set_cell_ids(notebook)
        texts.add(to_text(notebook))
    (text,) = texts
    written = nbformat.reads(text, as_version=4)
    assert [cell["id"] for cell in written.cells] == ["cell-001", "b"]
    assert text.endswith("}\n")
