"""The attacks, and the observers that must be able to see one succeed."""

import pytest

from autograder.redteam import run_attacks
from autograder.redteam_attacks import CLASSES, read_attacks
from autograder.sandbox import levels
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, NONE


@pytest.fixture(scope="module")
def attacks():
    return read_attacks()


def test_there_are_enough_and_they_differ(attacks):
    assert len(attacks) >= 45
    assert {attack.kind for attack in attacks} == set(CLASSES)
    assert len({attack.tries for attack in attacks}) == len(attacks)
    sources = {"\n".join(cell.source for cell in attack.cells) for attack in attacks}
    assert len(sources) == len(attacks)


@pytest.mark.skipif(
    levels.detect().level not in (NAMESPACES, LANDLOCK), reason="no sandbox here"
)
def test_one_attack_of_each_class_is_held(attacks):
    chosen = [
        next(attack for attack in attacks if attack.kind == kind) for kind in CLASSES
    ]
    results = run_attacks(chosen, levels.detect().level, stock=False)
    seen = {name: engine.words() for name, (_, engine) in results.items()}
    assert set(seen.values()) == {"held"}, seen


def test_without_protection_the_observers_see_it(attacks):
    wanted = ("escape/", "secrets/")
    chosen = [attack for attack in attacks if attack.name.startswith(wanted)][:6]
    results = run_attacks(chosen, NONE, stock=False, plain=True)
    assert any(not engine.held for _, engine in results.values())
