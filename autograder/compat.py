"""Where other packages' private parts are used, and why: an upgrade breaks it here."""

import sys


def skip_iri_grammar() -> None:
    """Keeps jsonschema from compiling a grammar for IRIs, which nothing here checks.

    `nbformat` imports jsonschema, and that `rfc3987_syntax` where it is installed (it
    comes with jupyter-events), whose import compiles a Lark grammar: one to three
    seconds of CPU time in every process. Without the module jsonschema has no check
    for the formats `iri` and `iri-reference`, which no notebook's schema uses. It must
    run before nbformat is imported.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
