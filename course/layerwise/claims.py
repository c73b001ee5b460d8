"""What the lecture claims, chapter by chapter, as data.

`data_files/claims/NN_topic.toml` has one `[[claim]]` for each claim:

    slide       the claim, translated
    original    the slide's own words
    found       what we found, with the figures that are quoted and their source
    section     where in the chapter
    verdict     what became of the claim

and where the chapter measures it, `conclusion` (the name of one of its conclusions) and
`claimed` (the kind of verdict that the claim would have).
"""

import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent / "data_files" / "claims"
FIELDS = ("slide", "original", "found", "section", "verdict")
MEASURED = ("conclusion", "claimed")


def read(chapter, folder=FOLDER):
    """Reads the claims that a chapter answers.

    Args:
        chapter: String, such as `"04_resnet"`.
        folder: `Path` of the claims.

    Returns:
        List of dictionaries from a field to a string.

    Raises:
        ValueError: If a claim lacks a field or has one that is not known.
    """
    path = Path(folder, f"{chapter}.toml")
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]
    for row in rows:
        fields = set(row)
        if fields not in (set(FIELDS), {*FIELDS, *MEASURED}):
            raise ValueError(
                f"{path.name}: a claim has {', '.join(FIELDS)}, and if it is measured "
                f"{' and '.join(MEASURED)} too. Received: {', '.join(row)}"
            )
    return [
        {name: " ".join(text.split()) for name, text in row.items()} for row in rows
    ]


class Table:
    """Shows rows as a table: in a notebook as one, else as text.

    Args:
        columns: Sequence of strings.
        rows: List of sequences of strings.
    """

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows

    def _repr_markdown_(self):
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |"
            for line in lines
        )

    def __repr__(self):
        return "\n\n".join(
            "\n".join(
                f"{name}: {cell}" for name, cell in zip(self.columns, row, strict=True)
            )
            for row in self.rows
        )
