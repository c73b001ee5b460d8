"""Evaluates the formulas of an assignment: the program of `expected.evaluate`.

It reads a JSON list of sources with their lines, and prints the answers as JSON.
"""

import json
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from autograder.verdict import no_shell
from autograder.verdict.names import plain_python


def main() -> None:
    """Runs what stands on standard input and prints what it expects."""
    from layerwise.checks.expected import agree, to_data

    answers: dict[str, Any] = {}

    def expect(
        question: str,
        value: Any,
        mistakes: dict[str, Any] | None = None,
        also: Sequence[Any] = (),
    ) -> None:
        if question in answers:
            raise ValueError(f"{question!r} is asked twice")
        wrong = {
            name: to_data(given)
            for name, given in (mistakes or {}).items()
            # One that gives what is right here is told by other questions.
            if not agree(given, value, rtol=1e-2)
        }
        answers[question] = {"value": to_data(value), "mistakes": wrong}
        if also:
            answers[question]["also"] = [to_data(other) for other in also]

    names = {**no_shell.namespace(), "expect": expect}
    out = sys.stdout
    sys.stdout = sys.stderr
    for source, line in json.load(sys.stdin):
        file = f"<source, line {line}>"
        try:
            exec(compile(plain_python(source), file, "exec"), names)
        except Exception as error:
            places = [
                frame.lineno or 1
                for frame in traceback.extract_tb(error.__traceback__)
                if frame.filename == file
            ]
            fault = f"{type(error).__name__}: {error}"
            result = {"fault": fault, "line": line + (places or [1])[-1] - 1}
            break
    else:
        result = {"answers": answers}
    print(json.dumps(result), file=out)


if __name__ == "__main__":
    main()
