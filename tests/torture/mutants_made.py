"""Knows how Python source is made wrong in one small place; must not know which source, or what tells of it.

Left alone: annotations, declared columns of tables, words and messages, what is logged, what runs as a program only.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
_OPPOSITES = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""Comparisons that flipping negates already."""
_LOGGED = {"debug", "info", "warning", "error", "exception"}
_ANNOTATIONS = {"annotation", "returns"}


@dataclass(frozen=True)
class Mutant:
    """A file that is wrong in one place: `before` was there, `after` is there now; `source` is all of it."""

    path: str
    function: str
    line: int
    before: str
    after: str
    source: bytes

    @property
    def unplaced(self) -> str:
        """Name it without its line."""
        return f"{self.path} {self.function}: {self.before} -> {self.after}"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.before} -> {self.after}"


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Return every mutant of a file."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = []
    for function, node, changed, shown in _wrong(ast.parse(source), "", []):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        new = f"({changed})" if isinstance(node, ast.expr) else changed
        found.append(Mutant(path, function, node.lineno, *shown, source[:begin] + new.encode() + source[end:]))
    return found


Wrong = tuple[str, ast.expr | ast.stmt, str, tuple[str, str]]


def _wrong(node: ast.AST, function: str, above: list[ast.AST]) -> Iterator[Wrong]:
    """Yield (function, what is replaced, by what, (before, after)) of a node and of all below it."""
    if _is_left_alone(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
    if isinstance(node, ast.expr | ast.stmt):
        for changed in _changes(node, above[-1] if above else node):
            shown = above[-1] if isinstance(node, ast.Constant) else node
            yield function, node, ast.unparse(changed), (_head(shown), _head(shown, node, changed))
    for name, child in ast.iter_fields(node):
        if name not in _ANNOTATIONS and not isinstance(node, ast.Raise):
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST):
                    yield from _wrong(one, function, [*above, node])


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.Call(func=ast.Name(id="Words" | "Column")):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in _LOGGED:
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False


def _changes(node: ast.expr | ast.stmt, above: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    match node:
        case ast.Compare():
            for n, op in enumerate(node.ops):
                flipped = copy.copy(node)
                flipped.ops = [*node.ops[:n], _FLIPPED[type(op)](), *node.ops[n + 1:]]
                yield flipped
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            yield ast.Constant(number + 1)
        case ast.Return(value=ast.Constant(value=bool(said))):
            yield ast.Return(ast.Constant(not said))
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
    if isinstance(node, ast.expr) and _decides(node, above) and not _is_flipped_anyway(node):
        yield ast.UnaryOp(ast.Not(), node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _decides(node: ast.expr, above: ast.AST) -> bool:
    match above:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return test is node
        case ast.comprehension(ifs=tests):
            return node in tests
    return False


def _is_flipped_anyway(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _OPPOSITES)


def _head(shown: ast.AST, node: ast.AST | None = None, changed: ast.AST | None = None) -> str:
    """Return the first line of a node as text, with one part of it changed."""
    if changed is None:
        return ast.unparse(shown).partition("\n")[0]
    if shown is node:
        return ast.unparse(changed).partition("\n")[0]
    made = copy.copy(shown)
    for name, child in ast.iter_fields(shown):
        if isinstance(child, list):
            setattr(made, name, [changed if one is node else one for one in child])
        elif child is node:
            setattr(made, name, changed)
    return ast.unparse(made).partition("\n")[0]
