"""The syntax tree of a function, from the source file that it was read from."""

import ast
import copy
import linecache
import threading
from collections import OrderedDict

_lock = threading.Lock()
_files = OrderedDict()  # (file name, its lines' number and hash) -> tree
_KEPT = 64


class NoSource(Exception):
    """The source of a function is not to be had, or does not show it."""


def tree_of(function):
    """A fresh syntax tree of a function or lambda, with the line numbers of its file.

    Raises:
        NoSource: There is none.
    """
    code = function.__code__
    lines = linecache.getlines(code.co_filename, getattr(function, "__globals__", None))
    if not lines:
        raise NoSource(f"no source for {code.co_filename}")
    tree = _parsed(code.co_filename, "".join(lines))
    found = _lambda(tree, code) if code.co_name == "<lambda>" else _definition(tree, code)
    if found is None:
        raise NoSource(f"{code.co_qualname} is not where {code.co_filename} had it")
    return copy.deepcopy(found)


def _parsed(filename, text):
    key = filename, hash(text)
    with _lock:
        tree = _files.get(key)
        if tree is None:
            try:
                tree = ast.parse(text)
            except SyntaxError as error:
                raise NoSource(f"{filename} cannot be read: {error}") from error
            _files[key] = tree
            if len(_files) > _KEPT:
                _files.popitem(last=False)
        return tree


def _definition(tree, code):
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if code.co_firstlineno in (first, node.lineno):
                return node
    return None


def _lambda(tree, code):
    """The lambda whose body holds the code's instructions, or the only one of its line."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda) and _names(n) == code.co_varnames[: _count(code)]]
    here = [n for n in found if n.lineno <= code.co_firstlineno <= (n.end_lineno or n.lineno)]
    if len(here) > 1:
        spots = [p for p in code.co_positions() if p[0] is not None and p[2] is not None and p[1] is not None]
        spots = [(line, column) for line, _, column, _ in spots if line != code.co_firstlineno or column > 0]
        inside = [n for n in here if all(_holds(n, spot) for spot in spots)]
        here = sorted(inside or here, key=lambda n: (n.end_lineno - n.lineno, n.end_col_offset - n.col_offset))
    return here[0] if here else None


def _holds(node, spot):
    return (node.lineno, node.col_offset) <= spot <= (node.end_lineno, node.end_col_offset)


def _names(node):
    a = node.args
    names = [arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
    names += [a.vararg.arg] if a.vararg else []
    names += [a.kwarg.arg] if a.kwarg else []
    return tuple(names)


def _count(code):
    extra = bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return code.co_argcount + code.co_kwonlyargcount + extra
