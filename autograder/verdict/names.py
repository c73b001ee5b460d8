"""Finds which names a cell binds, and which it expects from other cells."""

import ast
import builtins
import symtable
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "get_ipython", "display"}


@dataclass(frozen=True)
class Names:
    """The global names of a piece of code.

    Attributes:
        bound: The names that it binds.
        read: The names that it reads, functions inside included, and neither binds
            itself nor finds among Python's own.
    """

    bound: frozenset[str]
    read: frozenset[str]


def plain_python(source: str) -> str:
    """Returns a cell's source with IPython's magics as calls."""
    return TransformerManager().transform_cell(source)


def symbols_of(source: str) -> symtable.SymbolTable:
    """Returns the symbols of a cell, whose source may hold magics.

    Comprehensions count as generators, which have a scope of their own on every Python.
    From 3.12 on `symtable` gives the variables of comprehensions to the cell around
    them, where they are never bound.

    Raises:
        SyntaxError: If the cell is not Python.
    """
    tree = _ComprehensionsAsGenerators().visit(ast.parse(plain_python(source)))
    return symtable.symtable(ast.unparse(tree), "<cell>", "exec")


def names_of(source: str) -> Names:
    """Finds the global names of a cell, whose source may hold magics.

    Raises:
        SyntaxError: If the cell is not Python.
    """
    module = symbols_of(source)
    bound: set[str] = set()
    read: set[str] = set()
    for symbol in module.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            bound.add(symbol.get_name())
        if symbol.is_referenced():
            read.add(symbol.get_name())
    pending = list(module.get_children())
    while pending:
        table = pending.pop()
        pending.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_global():
                if symbol.is_referenced():
                    read.add(symbol.get_name())
                if symbol.is_assigned():
                    bound.add(symbol.get_name())
    return Names(frozenset(bound), frozenset(read - bound - BUILTINS))


class _ComprehensionsAsGenerators(ast.NodeTransformer):
    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        pair = ast.Tuple([node.key, node.value], ast.Load())
        return ast.GeneratorExp(pair, node.generators)
