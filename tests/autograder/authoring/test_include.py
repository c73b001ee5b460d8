"""The library's code in a chapter."""

from pathlib import Path

import nbformat
import pytest

from autograder.authoring.include import resolve_includes
from autograder.authoring.notebooks import chapter_notebook
from autograder.authoring.source import SourceError, read_source

ROOT = Path(__file__).resolve().parents[3]
MODULE = '''\
import math
from functools import lru_cache

FACTOR = 2


@lru_cache(
    maxsize=None
)
def scale(x):
    """Scales a number.

    Args:
        x: Float.
    """
    def inner(y):
        """One.

        Two.
        """
        return y

    # A comment stays.
    return math.floor(inner(x))


class Stage:
    """A stage.

    More.
    """

    size = 3


def plain(x): return x


def needs():
    return FACTOR


def cited(x):
    """Does it.

    Args:
        x: Float.

    Returns:
        Float. Source:
        equation 3 of Some and Body
        (2015).

    Raises:
        ValueError: Never.
    """
    return x
'''


@pytest.fixture
def include(tmp_path, write_source):
    library = tmp_path / "library"
    (library / "layerwise").mkdir(parents=True)
    (library / "layerwise" / "small.py").write_text(MODULE, encoding="utf-8")

    def run(body, before="import math\nfrom functools import lru_cache"):
        path = write_source(f'# %%\n{before}\n\n# %% tags=["include"]\n{body}\n')
        notebook, lines = read_source(path)
        resolve_includes(notebook, lines, path, library)
        return notebook.cells[-1].source

    return run


def test_the_source_stands_there_with_short_docstrings(include):
    source = include("from layerwise.small import scale, Stage")
    assert (
        source
        == '''\
@lru_cache(
    maxsize=None
)
def scale(x):
    """Scales a number."""
    def inner(y):
        """One."""
        return y

    # A comment stays.
    return math.floor(inner(x))


class Stage:
    """A stage."""

    size = 3'''
    )


def test_a_docstring_keeps_the_paper_that_it_names(include):
    assert (
        include("from layerwise.small import cited")
        == '''\
def cited(x):
    """Does it.

    Source: equation 3 of Some and Body (2015).
    """
    return x'''
    )


def test_names_come_in_the_order_of_the_import(include):
    source = include("from layerwise.small import (\n    Stage,\n    plain,\n)")
    assert source.index("class Stage") < source.index("def plain")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("import layerwise.small", "holds one statement such as"),
        ("from math import floor", "holds one statement such as"),
        ("from layerwise.small import plain\nplain(1)", "holds one statement such as"),
        ("from layerwise.small import plain as p", "holds one statement such as"),
        ("from layerwise.large import plain", "there is no module layerwise.large"),
        ("from layerwise.small import gone", "has no function or class 'gone'. It has"),
        ("from layerwise.small import FACTOR", "no function or class 'FACTOR'"),
        ("from layerwise.small import needs", "no earlier cell binds: FACTOR"),
        ("from layerwise.small import", "not Python"),
    ],
)
def test_a_faulty_include_is_refused_with_file_and_line(include, tmp_path, body, fault):
    with pytest.raises(SourceError) as caught:
        include(body)
    assert str(caught.value).startswith(f"{tmp_path / 'hw01_x.py'}:6: ")
    assert fault in str(caught.value)


def test_a_fault_in_another_cell_has_its_line_too(include):
    with pytest.raises(SourceError, match=r"hw01_x\.py:2: not Python"):
        include("from layerwise.small import plain", before="a = = 1")


def test_an_include_sees_what_earlier_includes_bind(include):
    source = include("from layerwise.small import needs", before="FACTOR = 3")
    assert source == "def needs():\n    return FACTOR"


def test_the_real_library_can_be_included(write_source):
    source = (
        "# %%\nfrom keras import layers\n\nEPSILON = 1e-5\n\n"
        '# %% tags=["include"]\nfrom layerwise.models.resnet import conv_bn\n'
    )
    text = chapter_notebook(write_source(source), ROOT / "course")
    cell = nbformat.reads(text, as_version=4).cells[1]
    assert cell.source.startswith("def conv_bn(")
    assert "Args:" not in cell.source
