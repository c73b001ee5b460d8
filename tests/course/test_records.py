"""What chapters say is what recorded runs measured, on several machines.

Nothing is trained here. A chapter declares beside its prose what the prose says
(`report.compare(..., says="lower")`); the records hold what was measured.
"""

import ast
from itertools import chain

import pytest
from whole import CHAPTERS, COURSE

from layerwise import claims, records, verdicts

MIN_MACHINES = 2
# Chapters that do not report yet, and those whose records lack a second machine. A
# chapter that has what it needs must leave its list: the lists can only shrink.
WITHOUT_REPORT: set[str] = set()
WITHOUT_RECORDS = {
    *("01_alexnet", "02_vgg", "03_googlenet", "04_resnet"),
    *("05_transfer", "06_speed", "07_devices", "08_bits"),
    *("09_style", "10_dcgan", "11_segnet", "12_outlook"),
}
# A table may say the weaker of two, where some runs say the one and some the other.
NOT_REPRODUCED = "not reproduced here"
ALLOWED = {NOT_REPRODUCED: {NOT_REPRODUCED, "the opposite here"}}
REPORTING = [name for name in CHAPTERS if name not in WITHOUT_REPORT]
RULES = ("compare", "compare_times", "within")


def declared(source):
    """Returns what a chapter's text says: conclusion, rule and `says` of each call."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "report"
            and node.func.attr in RULES
        ):
            name = ast.literal_eval(node.args[0])
            options = {word.arg: word.value for word in node.keywords}
            says = ast.literal_eval(options["says"]) if "says" in options else "yes"
            assert name not in found, f"two conclusions are called {name!r}"
            found[name] = (node.func.attr, says)
    return found


def source_of(chapter):
    return (COURSE.chapters / f"{chapter}.py").read_text(encoding="utf-8")


def verdicts_of(runs):
    """Returns the verdicts of a machine's runs: of each, or of all its seeds together.

    A run with enough seeds of its own is judged alone, as its reader sees it. Where one
    run has too few, the seeds of all are taken together.
    """
    found = {}
    for name in {name for run in runs for name in run["conclusions"]}:
        entries = [run["conclusions"][name] for run in runs]
        rule = getattr(verdicts, entries[0]["rule"])
        options = entries[0]["options"]
        alone = [list(entry["arms"].values()) for entry in entries]
        if min(len(arm) for arms in alone for arm in arms) < verdicts.MIN_SEEDS:
            alone = [[list(chain(*arms)) for arms in zip(*alone, strict=True)]]
        found[name] = [rule(*arms, **options) for arms in alone]
    return found


def lacks(chapter):
    """Returns what a chapter's records lack, or nothing."""
    groups = records.by_machine(records.read(chapter))
    enough = [runs for runs in groups.values() if len(runs) >= verdicts.MIN_SEEDS]
    if len(enough) < MIN_MACHINES:
        return f"{len(enough)} of {MIN_MACHINES} machines with enough seeds"
    return ""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_reports_and_has_records_or_is_listed_as_pending(chapter):
    reports = "Report(" in source_of(chapter)
    assert reports != (chapter in WITHOUT_REPORT), "WITHOUT_REPORT is wrong"
    if reports:
        missing = lacks(chapter)
        if chapter in WITHOUT_RECORDS:
            assert missing, "it has its records: take it off WITHOUT_RECORDS"
        else:
            assert not missing, missing
    else:
        assert chapter not in WITHOUT_RECORDS


@pytest.mark.parametrize("chapter", REPORTING)
def test_what_the_text_says_is_what_was_recorded(chapter):
    said = declared(source_of(chapter))
    assert said, "the chapter concludes nothing"
    wrong = []
    for machine, runs in records.by_machine(records.read(chapter)).items():
        seeds = [run["seed"] for run in runs]
        measured = verdicts_of(runs)
        assert set(measured) == set(said), f"record {chapter} again ({machine})"
        if len(runs) < verdicts.MIN_SEEDS:
            continue
        for name, (_, says) in said.items():
            wrong += [
                f"{name}: the text says {says!r}; {machine}, LAYERWISE_SEED {seeds}: "
                f"{verdict.kind} ({verdict})"
                for verdict in measured[name]
                if not verdicts.bears_out(verdict.kind, says)
            ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("chapter", REPORTING)
def test_the_table_of_claims_says_what_was_recorded(chapter):
    said = declared(source_of(chapter))
    rows = claims.read(chapter)
    assert rows
    wrong = []
    for row in rows:
        if "conclusion" not in row:
            continue
        assert row["conclusion"] in said
        for runs in records.by_machine(records.read(chapter)).values():
            if len(runs) < verdicts.MIN_SEEDS:
                continue
            for verdict in verdicts_of(runs)[row["conclusion"]]:
                became = verdicts.reproduced(verdict.kind, row["claimed"])
                if became not in ALLOWED.get(row["verdict"], {row["verdict"]}):
                    wrong.append(f"{row['slide']}: {became}, not {row['verdict']}")
    assert not wrong, "\n".join(wrong)


def shuffled_batches(source):
    """Yields each call that makes shuffled batches, and the functions around it."""

    def visit(node, around):
        if isinstance(node, ast.FunctionDef):
            around = [*around, node]
        if isinstance(node, ast.Call) and any(
            word.arg == "shuffle" and getattr(word.value, "value", False)
            for word in node.keywords
        ):
            yield node, around
        for child in ast.iter_child_nodes(node):
            yield from visit(child, around)

    yield from visit(ast.parse(source), [])


@pytest.mark.parametrize("chapter", REPORTING)
def test_a_training_makes_its_own_batches_by_its_seed(chapter):
    """Shuffled batches that trainings share give each another order."""
    for call, around in shuffled_batches(source_of(chapter)):
        taken = {arg.arg for function in around for arg in function.args.args}
        assert "seed" in taken, f"line {call.lineno}: batches of no seed"
        assert "seed" in {word.arg for word in call.keywords}, f"line {call.lineno}"


def run_with(seed=0, **arms):
    entry = {"rule": "compare", "arms": arms, "options": {}}
    return {"seed": seed, "conclusions": {"x": entry}}


def test_runs_with_enough_seeds_are_judged_one_by_one():
    runs = [run_with(a=[1, 2, 3], b=[4, 5, 6]), run_with(1, a=[1, 2, 5], b=[4, 5, 6])]
    kinds = [verdict.kind for verdict in verdicts_of(runs)["x"]]
    assert kinds == ["lower", "no difference"]


def test_seeds_of_short_runs_are_taken_together():
    runs = [run_with(seed, a=[seed], b=[4, 5, 6]) for seed in range(3)]
    (verdict,) = verdicts_of(runs)["x"]
    assert verdict.kind == "lower"


def test_what_a_text_says_is_read_from_its_source():
    source = 'report.compare("x", {}, says="lower")\nreport.within("y", {}, 0, 1)\n'
    assert declared(source) == {"x": ("compare", "lower"), "y": ("within", "yes")}
    with pytest.raises(AssertionError, match="two conclusions"):
        declared(source + 'report.within("y", {}, 0, 2)\n')


def test_batches_that_trainings_share_are_found():
    shared = "batches(x, y, shuffle=True)\ndef train(seed): pass\n"
    own = "def train(seed):\n    batches(x, y, shuffle=True, seed=seed)\n"
    ((_, around),) = shuffled_batches(shared)
    assert not around
    ((_, around),) = shuffled_batches(own)
    assert [function.name for function in around] == ["train"]
