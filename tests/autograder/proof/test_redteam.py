"""The attacks, and the observers that must be able to see one succeed."""

import json
import os

import pytest

from autograder.authoring.source import SourceError
from autograder.course import CourseError
from autograder.limits import NONE
from autograder.proof.redteam import run as redteam
from autograder.proof.redteam import soak
from autograder.proof.redteam.attacks import (
    CLASSES,
    place_cells,
    read_attack,
    read_attacks,
)
from autograder.proof.redteam.course import fingerprint, remove
from autograder.proof.redteam.observe import REACHED, Seen, judge, live_places
from autograder.sandbox import levels
from autograder.sandbox.policy import LANDLOCK, NAMESPACES

pytestmark = pytest.mark.kernel

SANDBOXED = pytest.mark.skipif(
    levels.detect().level not in (NAMESPACES, LANDLOCK), reason="no sandbox here"
)
# One of each class, the quick ones: all of them are `autograder redteam`.
CHOSEN = (
    "marks/module_shadowed",
    "secrets/environment_of_all",
    "damage/submissions_deleted",
    "denial/exit_at_once",
    "escape/loopback",
    "feedback/html_handler",
    "files/link_to_gradebook",
)
# What must be seen of each where nothing protects.
SUCCEEDS = {
    "secrets/home": "secrets",
    "damage/submissions_deleted": "files",
    "escape/daemon": "processes",
    "escape/loopback": "network",
}
SOURCE = """\
# %% [markdown]
# # A title
# What it tries.
#
# - observe: points
# - outcome: graded or timeout
# - points: 1

# %%
HOME = "{home}"

# %% nbgrader={"grade_id": "double"}
def double(x):
    return "{unknown}"

# %% tags=["hand-in"]
def hand_in(folder, notebook):
    pass
"""


@pytest.fixture(scope="module")
def attacks():
    return read_attacks()


def choose(attacks, names):
    chosen = [attack for attack in attacks if attack.name in names]
    assert {attack.name for attack in chosen} == set(names)
    return chosen


def test_there_are_enough_and_they_differ(attacks):
    assert len(attacks) >= 45
    assert {attack.kind for attack in attacks} == set(CLASSES)
    assert len({attack.tries for attack in attacks}) == len(attacks)
    assert len({attack.title for attack in attacks}) == len(attacks)
    sources = {"\n".join(cell.source for cell in attack.cells) for attack in attacks}
    assert len(sources) == len(attacks)


def test_each_is_python_and_says_what_it_reached(attacks):
    for attack in attacks:
        for cell in attack.cells:
            if cell.cell_type == "code":
                compile(cell.source, attack.name, "exec")
        text = "\n".join(cell.source for cell in attack.cells)
        if "hand-in" in str([cell.metadata for cell in attack.cells]):
            assert "def hand_in(folder, notebook):" in text, attack.name
        # The word is what the observer looks for, and nothing else is.
        assert ("BREACH: " in text) == ("BREACH" in text), attack.name
        if attack.observe == ("reach",):
            assert "BREACH: " in text, attack.name


def test_an_attack_is_read_and_placed(tmp_path, released):
    path = tmp_path / "marks" / "one.py"
    path.parent.mkdir()
    path.write_text(SOURCE)
    attack = read_attack(path)
    assert (attack.name, attack.title) == ("marks/one", "A title")
    assert attack.tries == "What it tries."
    assert attack.outcomes == ("graded", "timeout")
    assert attack.points == 1
    prepare = place_cells(released, attack.cells, {"home": "/h"})
    assert len(prepare) == 1
    sources = [cell.source for cell in released.cells]
    place = sources.index('HOME = "/h"')
    # Only names that are known are filled in, and the answer follows what was added.
    assert '"{unknown}"' in sources[place + 1]


@pytest.mark.parametrize(
    "line", ["# - points: 1", "# - outcome: graded or timeout", "# What it tries."]
)
def test_an_attack_that_does_not_say_what_it_must_is_refused(tmp_path, line):
    path = tmp_path / "one.py"
    path.write_text(SOURCE.replace(line, "#"))
    with pytest.raises(SourceError, match="an attack begins with"):
        read_attack(path)
    path.write_text(SOURCE.replace("observe: points", "observe: pints"))
    with pytest.raises(SourceError, match="observe names none of"):
        read_attack(path)


def test_no_such_attack_or_level():
    with pytest.raises(CourseError, match="has 'nothing' in its name"):
        redteam.run("nothing")
    with pytest.raises(CourseError, match="does not allow 'iron'"):
        redteam.run("marks/equal", level="iron")


@pytest.mark.parametrize(
    "markup",
    [
        "<script>x='word'</script>",
        "<img src=x onerror=\"x='word'\">",
        "<a href=\"javascript:'word'\">y</a>",
        "<style>a { content: 'word' }</style>",
        '<iframe title="word"></iframe>',
        "<svg><script>'word'</script></svg>",
    ],
)
def test_a_word_that_is_live_in_a_page_is_found(markup):
    page = f"<html><body><p>word</p>{markup}</body></html>"
    assert live_places(page, "word")
    escaped = markup.replace("<", "&lt;")
    assert live_places(f"<p title='word'>word {escaped}</p>", "word") == []


def test_what_an_attack_says_it_reached_is_told_from_its_source():
    assert REACHED.findall("hello\nBREACH: the moon\n") == ["the moon"]
    assert REACHED.findall('---> 3     print("BREACH: the moon")\n') == []


def test_a_change_to_a_file_is_seen(tmp_path):
    (tmp_path / "a").write_text("1")
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    (tmp_path / "a").chmod(0o600)
    moded = fingerprint(tmp_path)
    (tmp_path / "a").write_text("2")
    written = fingerprint(tmp_path)
    (tmp_path / "b").symlink_to("a")
    linked = fingerprint(tmp_path)
    assert len({json.dumps(f) for f in (before, moded, written, linked)}) == 4


def test_a_tree_that_python_cannot_remove_is_removed(tmp_path):
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(1500):
            os.mkdir("deep")
            os.chdir("deep")
    finally:
        os.chdir(here)
    remove(tmp_path / "deep", tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_what_is_declared_is_held_against_what_came(attacks):
    (attack,) = choose(attacks, ["denial/exit_at_once"])
    mine = {"triple": 1.0}
    assert judge(attack, True, "crashed", mine, {}, 1.0).held
    assert set(judge(attack, True, "graded", mine, {}, 1.0).faults) == {"outcome"}
    more = {"triple": 1.0, "double": 1.0}
    assert set(judge(attack, True, "crashed", more, {}, 1.0).faults) == {"points"}
    assert set(judge(attack, False, "graded", more, {}, 1.0).faults) == {"points"}
    # Stock nbgrader knows no outcome; a submission without a grade is a loss.
    assert judge(attack, False, "graded", mine, {}, 1.0).held
    assert set(judge(attack, False, "lost", None, {}, 1.0).faults) == {"batch"}


def test_the_table_counts_what_held(attacks):
    chosen = choose(attacks, ["escape/loopback", "escape/kill_everybody"])
    loss = Seen("graded", 1.0, {"network": "connected to the host"})
    held, spared = Seen("graded", 1.0), Seen("not run")
    results = {
        "escape/loopback": (loss, held),
        "escape/kill_everybody": (spared, loss),
    }
    text = redteam.as_text(chosen, results, NAMESPACES)
    assert "stock nbgrader held 0/1, this engine held 1/2" in text
    page = redteam.as_markdown(chosen, results, NAMESPACES)
    assert "### escape: stock nbgrader held 0/1, this engine 1/2" in page
    assert "| not run: it would end every process" in page
    data = redteam.as_data(chosen, results, NAMESPACES)
    assert (data["held_by_stock"], data["held"]) == ("0/1", "1/2")
    assert [entry["engine"]["faults"] for entry in data["attacks"]] != [{}, {}]


@SANDBOXED
def test_one_attack_of_each_class_is_held(attacks):
    chosen = choose(attacks, CHOSEN)
    assert {attack.kind for attack in chosen} == set(CLASSES)
    results = redteam.run_attacks(chosen, levels.detect().level, stock=False)
    seen = {name: engine.words() for name, (_, engine) in results.items()}
    assert set(seen.values()) == {"held"}, seen


@pytest.mark.skipif(os.name != "posix", reason="needs Unix sockets")
def test_without_protection_the_observers_see_it(attacks):
    chosen = choose(attacks, SUCCEEDS)
    results = redteam.run_attacks(chosen, NONE, stock=False, plain=True)
    missed = {
        name: results[name][1].words()
        for name, check in SUCCEEDS.items()
        if check not in results[name][1].faults
    }
    assert missed == {}


@SANDBOXED
@pytest.mark.nightly
def test_a_soak_loses_nothing_and_leaves_nothing(capsys):
    assert soak.soak(9) == 0
    said = capsys.readouterr().out
    assert "9 submissions, 3 of them hostile" in said
    assert "lost: 0; honest grades that differ: 0" in said


def test_a_soak_counts_its_own_control_groups_only():
    name = "/sys/fs/cgroup/pids/layerwise-12-3456-0"
    assert soak.is_of_others(name, {1, 2})
    assert not soak.is_of_others(name, {12})
    assert not soak.is_of_others("/sys/fs/cgroup/pids/planted", {12})


def test_a_soak_tells_a_lost_and_a_changed_grade(capsys):
    given = {"status": "graded", "reason": "", "score": 1, "cells": {}, "notes": []}
    calm = {name: given for name in ("a", "b", "ana", "zoe")}
    rough = {**calm, "b": {**given, "score": 4}}
    faults = soak.find_differences(calm, rough, {"a": {}, "b": {}}, "ab", "abc")
    assert faults == ["c is lost", "b has another grade"]
    with pytest.raises(CourseError, match="at least 3"):
        soak.soak(2)
