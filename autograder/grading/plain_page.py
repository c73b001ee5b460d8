"""The page of a notebook that cannot be shown: points, messages and comments."""

import html
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.grading.html_safety import POLICY

# Characters of a message or a comment that the page shows.
LONGEST = 2000
STYLE = (
    "body { font-family: sans-serif; max-width: 50em; margin: 2em auto; "
    "padding: 0 1em } td, th { text-align: left; vertical-align: top; "
    "padding: .3em 1em .3em 0 } pre { white-space: pre-wrap; margin: 0 }"
)


def plain_page(
    notebook: NotebookNode, resources: Mapping[str, Any], reason: str
) -> str:
    """Returns a page that shows nothing of a notebook but what its cells scored.

    Args:
        notebook: A graded notebook; each cell's points and comment are in its metadata,
            as nbgrader's `GetGrades` puts them there.
        resources: nbconvert's, with the score.
        reason: What continues "this page cannot show your notebook: ".
    """
    given = {
        "notebook": "",
        "score": 0,
        "max_score": 0,
        **resources.get("nbgrader", {}),
    }
    rows = "".join(_row(cell) for cell in notebook.cells if "nbgrader" in cell.metadata)
    penalty = given.get("late_penalty") or 0
    late = f"<p>Late submission penalty: {penalty:g}</p>" if penalty > 0 else ""
    title = html.escape(str(given["notebook"]))
    points = f"{given['score']:g} / {given['max_score']:g}"
    told = "".join(
        f"<p>{html.escape(cell.source[:LONGEST])}</p>"
        for cell in notebook.cells
        if cell.metadata.get("autograder") == "outcome"
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{title}</title><style>{STYLE}</style></head>
<body><h1>{title}</h1><p>Score: <strong>{points}</strong></p>{late}{told}
<p>This page cannot show your notebook: {html.escape(reason)}. Your points do not
depend on that.</p>
<table><tr><th>cell</th><th>points</th><th>message</th></tr>{rows}</table>
</body></html>
"""


def _row(cell: NotebookNode) -> str:
    declared = cell.metadata.nbgrader
    errors = [
        output
        for output in cell.get("outputs", [])
        if output.output_type == "error" and declared.get("grade")
    ]
    texts = [f"{error.ename}: {error.evalue}" for error in errors[-1:]]
    comment = declared.get("comment")
    texts += [f"Comment: {comment}"] if comment else []
    score = declared.get("score")
    if score is None and not texts:
        return ""
    points = "" if score is None else f"{score:g} / {declared.get('points', 0):g}"
    shown = "".join(f"<pre>{_short(text)}</pre>" for text in texts)
    name = html.escape(str(declared.get("grade_id", "")))
    return f"<tr><td>{name}</td><td>{points}</td><td>{shown}</td></tr>"


def _short(text: str) -> str:
    return html.escape(text if len(text) <= LONGEST else f"{text[:LONGEST]} [cut]")
