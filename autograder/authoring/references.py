"""Refuses a test that takes its reference from the student.

What a student's function returned, or was given and may have changed, is *received*.
What the test calculates of it is *made*. Of two sides that are compared one must be the
test's own, or both must be as they were received: a student who answers with zeros and
is asked for the weights afterwards would else be compared with zeros.
"""

import ast
import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from autograder.authoring import known_values as written
from autograder.authoring.known_values import MADE, OWN, RECEIVED, Value

# A comment on the comparison, or on the line above it, that lets it pass.
ALLOWED = re.compile(r"#.*\bboth sides are the student's\b", re.IGNORECASE)
MAX_CALLS = 8


def find_borrowed(
    source: str, tree: ast.Module, theirs: Collection[str], given: str = ""
) -> Iterator[ast.expr]:
    """Finds comparisons whose both sides come from the student.

    Args:
        source: A test cell, without magics.
        tree: The cell's syntax tree.
        theirs: The student's names that the cell reads.
        given: The source of the locked cells, without magics.

    Yields:
        Comparisons of which a side is calculated from what was received, and no side is
        the test's own.
    """
    reader = _Reader(dict.fromkeys(theirs, Value(RECEIVED)), frozenset(theirs))
    tables = [part for part in ast.parse(given).body if isinstance(part, ast.Assign)]
    reader.run([*tables, *tree.body])
    lines = source.splitlines()
    for node in reader.found.values():
        near = lines[max(0, node.lineno - 2) : node.end_lineno]
        if not any(map(ALLOWED.search, near)):
            yield node


class _Reader:
    """Goes through statements in their order and keeps what is known of each name."""

    def __init__(self, names: dict[str, Value], theirs: frozenset[str]) -> None:
        self.names = names
        self.theirs = theirs
        self.functions: dict[str, ast.FunctionDef] = {}
        self.returned = Value()
        self.depth = 0
        self.found: dict[tuple[int, int], ast.expr] = {}

    def run(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            method = getattr(self, f"_{type(statement).__name__.lower()}", self._other)
            method(statement)

    def _other(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.stmt):
                self.run([child])
            else:
                self._other(child)

    def _assign(self, node: ast.Assign) -> None:
        value = self.value(node.value)
        for target in node.targets:
            self._bind(target, value, node.value)

    def _augassign(self, node: ast.AugAssign) -> None:
        value = self.value(node.value)
        if isinstance(node.target, ast.Name):
            known = self.names.get(node.target.id, Value())
            self.names[node.target.id] = known.join(value)

    def _for(self, node: ast.For) -> None:
        # A name may be received from the second round on.
        for _ in range(2):
            self._loop(node.target, node.iter)
            self.run(node.body)
        self.run(node.orelse)

    def _if(self, node: ast.If) -> None:
        if isinstance(node.body[-1], ast.Raise):
            self._judge(node.test, asserted=False)
        else:
            self.value(node.test)
        before = dict(self.names)
        self.run(node.body)
        after, self.names = self.names, before
        self.run(node.orelse)
        for name, value in after.items():
            self.names[name] = value.join(self.names.get(name, value))

    def _functiondef(self, node: ast.FunctionDef) -> None:
        self.functions[node.name] = node

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.returned = self.returned.join(self.value(node.value))

    def _assert(self, node: ast.Assert) -> None:
        self._judge(node.test, asserted=True)
        if node.msg is not None:
            self._quietly(node.msg)

    def _judge(self, node: ast.expr, *, asserted: bool) -> None:
        """Reads what an assertion asks. What must differ is no reference."""
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self._judge(part, asserted=asserted)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._judge(node.operand, asserted=not asserted)
        elif asserted != written.differs(node):
            self.value(node)
        else:
            self._quietly(node)

    def _quietly(self, node: ast.expr) -> None:
        """Reads an expression whose comparisons decide nothing."""
        kept, self.found = self.found, {}
        self.value(node)
        self.found = kept

    # Names.

    def _bind(self, target: ast.expr, value: Value, source: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, ast.Starred):
            self._bind(target.value, value, None)
        elif isinstance(target, ast.Tuple | ast.List):
            parts: list[Value] = [Value(value.level)] * len(target.elts)
            given = source.elts if isinstance(source, ast.Tuple | ast.List) else []
            if len(given) == len(target.elts):
                parts = [self.value(part) for part in given]
            elif len(value.items) == len(target.elts):
                parts = list(value.items)
            for part, known in zip(target.elts, parts, strict=True):
                self._bind(part, known, None)
        elif isinstance(target, ast.Subscript | ast.Attribute):
            name = written.root_of(target)
            if name is not None and name not in self.theirs:
                known = self.names.get(name, Value())
                self.names[name] = replace(known, level=max(known.level, value.level))

    def _loop(self, target: ast.expr, iterable: ast.expr) -> None:
        """Binds a loop's target to an item."""
        name = written.called(iterable) if isinstance(iterable, ast.Call) else ""
        arguments = iterable.args if isinstance(iterable, ast.Call) else []
        if name == "zip" and isinstance(target, ast.Tuple | ast.List):
            for part, given in zip(target.elts, arguments, strict=False):
                self._loop(part, given)
        elif name == "enumerate" and isinstance(target, ast.Tuple | ast.List):
            self._bind(target.elts[0], Value(plain=True), None)
            self._loop(target.elts[1], arguments[0])
        else:
            value = self.value(iterable)
            if isinstance(target, ast.Name):
                plain = name == "range" or written.all_plain(value)
                items = value.items[0].items if len(value.items) == 1 else ()
                value = replace(value, plain=plain, items=items)
            self._bind(target, value, None)

    def _hand_over(self, nodes: Collection[ast.expr]) -> None:
        """Marks what a student's function was given: it may have been changed."""
        pending = list(nodes)
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Tuple | ast.List | ast.Set):
                pending.extend(node.elts)
            elif isinstance(node, ast.Dict):
                pending.extend(node.values)
            elif isinstance(node, ast.Starred):
                pending.append(node.value)
            elif isinstance(node, ast.Name | ast.Subscript):
                self._change(written.root_of(node), set())

    def _hand_over_cases(self, node: ast.expr, cases: Value) -> None:
        if not written.all_plain(cases):
            self._hand_over([node])

    def _change(self, name: str | None, seen: set[str]) -> None:
        known = self.names.get(name or "", Value(plain=True))
        if name is None or known.plain or name in self.theirs or name in seen:
            return
        seen.add(name)
        self.names[name] = written.received(known)
        for held in known.holds:
            self._change(held, seen)

    # Expressions.

    def value(self, node: ast.expr) -> Value:
        """Returns what is known of an expression, and keeps comparisons at fault."""
        method = getattr(self, f"_of_{type(node).__name__.lower()}", self._of_other)
        return method(node)

    def _of_other(self, node: ast.expr) -> Value:
        parts = [
            self.value(part)
            for part in ast.iter_child_nodes(node)
            if isinstance(part, ast.expr)
        ]
        level = max((part.level for part in parts), default=OWN)
        return Value(level, all(part.plain for part in parts))

    def _of_constant(self, node: ast.Constant | ast.JoinedStr) -> Value:
        return Value(plain=True)

    _of_joinedstr = _of_constant

    def _of_name(self, node: ast.Name) -> Value:
        return replace(self.names.get(node.id, Value()), holds=frozenset({node.id}))

    def _of_subscript(self, node: ast.Subscript) -> Value:
        self.value(node.slice)
        value = self.value(node.value)
        return Value(value.level, holds=value.holds)

    def _of_attribute(self, node: ast.Attribute) -> Value:
        return Value(self.value(node.value).level, plain=node.attr in ("shape", "size"))

    def _of_list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        parts = [self.value(part) for part in node.elts]
        level = max((part.level for part in parts), default=OWN)
        holds = frozenset().union(*(part.holds for part in parts))
        if isinstance(node, ast.Tuple):
            return Value(level, all(part.plain for part in parts), holds, tuple(parts))
        # Of a list of tuples: what stands in each place.
        joined = functools.reduce(Value.join, parts) if parts else Value()
        if parts and all(isinstance(given, ast.Tuple) for given in node.elts):
            return Value(level, False, holds, joined.items)
        return Value(level, False, holds, (joined,) if parts else ())

    _of_tuple = _of_set = _of_list

    def _of_dict(self, node: ast.Dict) -> Value:
        parts = [self.value(part) for part in [*node.keys, *node.values] if part]
        level = max((part.level for part in parts), default=OWN)
        return Value(level, holds=frozenset().union(*(part.holds for part in parts)))

    def _of_listcomp(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Value:
        before = dict(self.names)
        for generator in node.generators:
            self._loop(generator.target, generator.iter)
            for test in generator.ifs:
                self._quietly(test)
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        parts = [self.value(part) for part in made]
        level = max(part.level for part in parts)
        # A name that was handed over inside stays so.
        bound = {
            part.id
            for generator in node.generators
            for part in ast.walk(generator.target)
            if isinstance(part, ast.Name)
        }
        inside, self.names = self.names, before
        self.names |= {n: inside[n] for n in before if n not in bound}
        holds = frozenset().union(*(part.holds for part in parts)) - bound
        return Value(level, holds=holds, items=parts[0].items)

    _of_generatorexp = _of_setcomp = _of_dictcomp = _of_listcomp

    def _of_lambda(self, node: ast.Lambda) -> Value:
        own = {argument.arg for argument in node.args.args}
        read = {part.id for part in ast.walk(node.body) if isinstance(part, ast.Name)}
        levels = [self.names.get(name, Value()).level for name in read - own]
        return Value(max(levels, default=OWN))

    def _of_binop(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        level = max(left.level, right.level)
        constant = isinstance(node.left, ast.Constant) or isinstance(
            node.right, ast.Constant
        )
        if level and not constant:
            level = MADE
        added = isinstance(node.op, ast.Add)
        if added and (left.items or right.items) and not level:
            return left.join(right)
        return Value(level, left.plain and right.plain, left.holds | right.holds)

    def _of_compare(self, node: ast.Compare) -> Value:
        sides = [self.value(side) for side in [node.left, *node.comparators]]
        if all(isinstance(operator, ast.Is | ast.IsNot) for operator in node.ops):
            return Value(plain=True)
        self._compare(node, sides)
        for side in [node.left, *node.comparators]:
            self._difference(node, side)
        return Value(MADE if any(side.level for side in sides) else OWN, plain=True)

    def _compare(self, node: ast.expr, sides: Sequence[Value]) -> None:
        levels = [side.level for side in sides]
        if OWN not in levels and MADE in levels:
            self.found[node.lineno, node.col_offset] = node

    def _difference(self, node: ast.expr, side: ast.expr) -> None:
        """Takes `abs(a - b) < small` for a comparison of a and b."""
        for part in ast.walk(side):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
                self._compare(node, [self.value(part.left), self.value(part.right)])

    def _of_call(self, node: ast.Call) -> Value:
        name = written.called(node)
        keywords = [keyword.value for keyword in node.keywords if keyword.arg]
        unpacked = [keyword.value for keyword in node.keywords if not keyword.arg]
        given = [*node.args, *keywords]
        values = [self.value(part) for part in [*given, *unpacked]]
        level = max((value.level for value in values), default=OWN)
        if isinstance(node.func, ast.Name) and node.func.id in self.functions:
            return self._own_call(self.functions[node.func.id], node, values)
        if name in written.COMPARISONS and len(node.args) > 1:
            self._compare(node, values[:2])
            return Value(MADE if level else OWN)
        callee = self.value(node.func).level
        asks = any(isinstance(g, ast.Name) and g.id in self.theirs for g in node.args)
        if isinstance(node.func, ast.Name) and node.func.id in self.theirs:
            self._hand_over(given)
            return Value(RECEIVED)
        if asks:
            # A verb hands the student its arguments, and `each` what its cases hold.
            if name == "each" and len(values) > 1:
                self._hand_over_cases(node.args[1], values[1])
            elif name != "gradient":
                self._hand_over(given[1:])
            return Value(RECEIVED)
        if callee:
            return Value(max(callee, RECEIVED))
        self._append(node, values)
        if name == "zip":
            parts = values[: len(node.args)]
            return Value(level, items=tuple(replace(v, items=()) for v in parts))
        if name in written.COPIES and values:
            first = node.args[0] if node.args else None
            inner = self.names.get(first.id) if isinstance(first, ast.Name) else None
            holds = (inner or values[0]).holds
            if name == "deepcopy" or written.all_plain(values[0]):
                holds = frozenset()
            return replace(values[0], level=level, plain=False, holds=holds)
        if name in written.PLAIN:
            return Value(level, plain=True)
        if level and name not in written.CONVERSIONS:
            return Value(MADE)
        return Value(level)

    def _append(self, node: ast.Call, values: Sequence[Value]) -> None:
        """Adds what a list of the test's own is given."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in written.ADDING:
            name = written.root_of(node.func.value)
            if name is not None:
                known = self.names.get(name, Value())
                for value in values:
                    known = replace(
                        known,
                        level=max(known.level, value.level),
                        holds=known.holds | value.holds,
                        items=known.items or value.items,
                    )
                self.names[name] = known

    def _own_call(
        self, function: ast.FunctionDef, node: ast.Call, values: Sequence[Value]
    ) -> Value:
        """Reads a function of the test's own with what it is given."""
        level = max((value.level for value in values), default=OWN)
        if self.depth >= MAX_CALLS:
            return Value(MADE if level else OWN)
        names = [argument.arg for argument in function.args.args]
        defaults = dict.fromkeys(
            [*names, *(a.arg for a in function.args.kwonlyargs)], Value()
        )
        starred = any(isinstance(part, ast.Starred) for part in node.args) or any(
            keyword.arg is None for keyword in node.keywords
        )
        if starred:
            bound = dict.fromkeys(defaults, Value(level))
        else:
            count = len(node.args)
            bound = {**defaults, **dict(zip(names, values[:count], strict=False))}
            keywords = zip(node.keywords, values[count:], strict=True)
            bound |= {k.arg: value for k, value in keywords if k.arg}
        inner = _Reader({**self.names, **bound}, self.theirs - set(bound))
        inner.functions, inner.depth = dict(self.functions), self.depth + 1
        inner.run(function.body)
        self.found |= inner.found
        return Value(MADE if inner.returned.level else OWN)
