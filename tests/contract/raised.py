"""What a function may refuse, read from its source and from that of all it calls.

Names are looked up where the function finds them, so that a refusal counts however it comes in:
raised, returned, or kept in a table; not where the description tells of them. An attribute of
something only known when it runs is looked up in the classes that the function names. What a `try`
or `suppress` catches does not count, unless it is raised again.
"""

import ast
import contextlib
import inspect
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from backend.errors import ServiceError
from backend.http.spec import Spec

Refusals = frozenset[type[ServiceError]]
ROOT = Path(__file__).parents[2]
PRODUCT = tuple(f"{ROOT / name}/" for name in ("backend", "miniprogram_api", "notifications"))
DESCRIPTION = f"{ROOT / 'backend' / 'http' / 'openapi'}/"
NONE: Refusals = frozenset()
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_being_read: set[FunctionType] = set()


@cache
def by(function: FunctionType) -> Refusals:
    """All that the function may refuse."""
    file = function.__code__.co_filename
    if not file.startswith(PRODUCT) or file.startswith(DESCRIPTION) or function in _being_read:
        return _meant(getattr(function, "__wrapped__", None))
    _being_read.add(function)
    try:
        tree = _functions(file).get(function.__code__.co_firstlineno)
        return _Reader(function, tree).all_of(tree.body) if tree else NONE
    finally:
        _being_read.remove(function)


@cache
def _functions(file: str) -> Mapping[int, _Function]:
    """The functions of a file by their first line, decorators included."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, _Function)]
    return {min(each.lineno for each in (node, *node.decorator_list)): node for node in found}


def _meant(value: Any) -> Refusals:
    """What comes of naming this: a refusal itself, or what a function or a class may refuse."""
    match value:
        case Spec():
            found = NONE  # A route that the documentation tells of is not called.
        case type() if issubclass(value, ServiceError):
            found = frozenset([value]) if hasattr(value, "code") else NONE
        case type():
            found = _meant(vars(value).get("__init__"))
        case FunctionType():
            found = by(value)
        case property():
            found = _meant(value.fget)
        case Mapping():
            found = _all(value.values())
        case tuple() | list() | set() | frozenset():
            found = _all(value)
        case _ if _ours(type(value)):
            kept = getattr(value, "__dict__", {}).values()
            found = _all(each for each in kept if isinstance(each, FunctionType))
        case _:
            found = _meant(value.__wrapped__) if hasattr(value, "__wrapped__") else NONE
    return found


def _all(values: Iterable[Any]) -> Refusals:
    return NONE.union(*map(_meant, values))


def _ours(kind: type) -> bool:
    return kind.__module__.startswith(("backend.", "miniprogram_api.", "notifications."))


class _Reader:
    """Reads the parts of one function with the names that it knows."""

    def __init__(self, function: FunctionType, tree: _Function) -> None:
        outer = inspect.getclosurevars(function)
        known = {**outer.builtins, **function.__globals__, **outer.nonlocals}
        own = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
        self._known = {name: value for name, value in known.items() if name not in own}
        named = [self._value(node) for node in ast.walk(tree)]
        named.append(known.get(function.__qualname__.partition(".")[0]))
        self._classes = [each for each in named if isinstance(each, type) and _ours(each)]

    def all_of(self, nodes: Iterable[ast.AST]) -> Refusals:
        """What these parts may refuse."""
        return NONE.union(*map(self._of, nodes))

    def _of(self, node: ast.AST) -> Refusals:
        match node:
            case ast.Try():
                return self._of_try(node)
            case ast.With() | ast.AsyncWith():
                return self._of_with(node)
            case ast.Call(func=ast.Name(id="isinstance")):
                return NONE
            case ast.Name() | ast.Attribute() if (value := self._value(node)) is not None:
                return _meant(value)
            case ast.Attribute():
                methods = (inspect.getattr_static(each, node.attr, None) for each in self._classes)
                return _all(methods) | self._of(node.value)
        return self.all_of(ast.iter_child_nodes(node))

    def _of_try(self, node: ast.Try) -> Refusals:
        found = self.all_of(node.body)
        for handler in node.handlers:
            again = (each for each in ast.walk(handler) if isinstance(each, ast.Raise))
            if all(each.exc is not None for each in again):
                found = self._without(found, [handler.type] if handler.type else [])
        handled = self.all_of(each for handler in node.handlers for each in handler.body)
        return found | handled | self.all_of([*node.orelse, *node.finalbody])

    def _of_with(self, node: ast.With | ast.AsyncWith) -> Refusals:
        found = self.all_of(node.body)
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and self._value(call.func) is contextlib.suppress:
                found = self._without(found, call.args)
            else:
                found |= self._of(call)
        return found

    def _without(self, found: Refusals, caught: Iterable[ast.expr]) -> Refusals:
        named = [self._value(part) for each in caught for part in ast.walk(each)]
        kinds = tuple(each for each in named if isinstance(each, type))
        return frozenset(each for each in found if not issubclass(each, kinds))

    def _value(self, node: ast.AST) -> Any:
        """What a name, dotted or not, stands for; None where only running it tells."""
        if isinstance(node, ast.Name):
            return self._known.get(node.id)
        if isinstance(node, ast.Attribute) and (owner := self._value(node.value)) is not None:
            if isinstance(owner, ModuleType):
                return getattr(owner, node.attr, None)
            return inspect.getattr_static(owner, node.attr, None)
        return None
