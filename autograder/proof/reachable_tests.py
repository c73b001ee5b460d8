"""Which tests a changed answer can reach, by the names that cells bind and read."""

import ast

from nbformat import NotebookNode

from autograder.cells import grade_id, is_test
from autograder.verdict.names import names_of, plain_python

# What a cell may hold whose only effect is to bind names.
DEFINITIONS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
)


def reached_tests(reference: NotebookNode, answer: NotebookNode) -> frozenset[str]:
    """Finds the tests whose verdict can differ from the reference's.

    A test is reached if it reads a name that a changed cell binds, or one that another
    cell binds with the help of such a name. A changed cell that does more than bind
    names, such as one that seeds a generator, reaches all tests.

    Args:
        reference: The reference's notebook.
        answer: The same with some cells replaced, or added.

    Returns:
        Grade ids.
    """
    sources = {grade_id(cell): cell.source for cell in reference.cells}
    code = [cell for cell in answer.cells if cell.cell_type == "code"]
    tests = {str(grade_id(cell)): cell for cell in code if is_test(cell)}
    changed = [
        cell
        for cell in code
        if grade_id(cell) is None or cell.source != sources.get(grade_id(cell))
    ]
    names: set[str] = set()
    for cell in changed:
        before = sources.get(grade_id(cell), "") if grade_id(cell) else ""
        if not _only_binds(cell.source):
            return frozenset(tests)
        names |= names_of(cell.source).bound | names_of(before).bound
    others = [names_of(cell.source) for cell in code if not is_test(cell)]
    while True:
        more = names.union(*(cell.bound for cell in others if cell.read & names))
        if more == names:
            break
        names = more
    return frozenset(
        name for name, cell in tests.items() if names_of(cell.source).read & names
    )


def _only_binds(source: str) -> bool:
    """Returns whether a cell does nothing but bind names."""
    for node in ast.parse(plain_python(source)).body:
        if isinstance(node, DEFINITIONS):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if all(isinstance(target, ast.Name | ast.Tuple) for target in targets):
                continue
        return False
    return True
