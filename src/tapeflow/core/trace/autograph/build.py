"""From a function to its converted form: same closure, same globals, same defaults, other code."""

import ast
import logging
import threading
import types
import weakref

from tapeflow.core.trace.autograph import operators
from tapeflow.core.trace.autograph.source import NoSource, tree_of
from tapeflow.core.trace.autograph.transform import Converter

_lock = threading.RLock()
_codes = weakref.WeakKeyDictionary()  # code object -> converted code object, or None: cannot be converted
_warned = weakref.WeakSet()


def convert(function):
    """The converted form of a plain Python function; the function itself if it cannot be converted."""
    if getattr(function, "autograph_is_converted", False):
        return function
    code = _converted_code(function)
    if code is None:
        return function
    return _instance(function, code)


def _converted_code(function):
    original = function.__code__
    with _lock:
        if original in _codes:
            return _codes[original]
        try:
            code = _compiled(function)
        except NoSource as reason:
            code = None
            _warn(function, reason)
        _codes[original] = code
        return code


def _warn(function, reason):
    logging.getLogger("tensorflow").warning(
        "AutoGraph could not transform %r and will run it as-is.\nCause: %s\nTo silence this warning, decorate the "
        "function with @tf.autograph.experimental.do_not_convert",
        function, reason,
    )  # fmt: skip


def converted_tree(function):
    """The syntax tree of the converted function."""
    tree = _Bare().visit(tree_of(function))
    owner = function.__qualname__.split(".")[-2] if "." in function.__qualname__ else None
    converter = Converter(tree, None if owner in (None, "<locals>") else owner)
    if isinstance(tree, ast.Lambda):
        new = converter.lambda_(tree)
        return ast.FunctionDef("lambda_", new.args, [ast.Return(new.body)], [], None, None, [])
    if isinstance(tree, ast.AsyncFunctionDef):
        raise NoSource("coroutines are not converted")
    return converter.function(tree)


class _Bare(ast.NodeTransformer):
    """Takes the types from annotated assignments: Python allows none on names that a branch's function shares."""

    def visit_AnnAssign(self, node):
        if not isinstance(node.target, ast.Name):
            return node
        return ast.copy_location(ast.Assign([node.target], node.value) if node.value else ast.Pass(), node)

    def visit_ClassDef(self, node):
        return node  # annotations are what dataclasses are made of


def _compiled(function):
    """The converted code object, whose free names are those of the original and `ag__`."""
    new = converted_tree(function)
    new.name = "ag__function"  # a name of its own: by the old one, the function may call itself from its globals
    original = function.__code__
    outer = [ast.Assign([ast.Name(n, ast.Store())], ast.Constant(None)) for n in (*original.co_freevars, "ag__")]
    factory = ast.FunctionDef(
        "factory", ast.arguments([], [], None, [], [], None, []), [*outer, new], [], None, None, []
    )  # fmt: skip
    module = ast.Module([factory], [])
    for node in ast.walk(module):
        if not hasattr(node, "lineno") and isinstance(node, (ast.stmt, ast.expr)):
            ast.copy_location(node, _located(new) or factory)
    _fill_lines(module, original.co_firstlineno)
    flags = function.__code__.co_flags & 0x100000  # from __future__ import annotations: harmless
    compiled = compile(module, original.co_filename, "exec", dont_inherit=True, flags=flags & 0)
    inner = next(c for c in compiled.co_consts if isinstance(c, types.CodeType))
    code = next(c for c in inner.co_consts if isinstance(c, types.CodeType) and c.co_name == new.name)
    return code.replace(co_name=original.co_name, co_qualname=original.co_qualname)


def _located(node):
    return node if hasattr(node, "lineno") else None


def _fill_lines(node, line):
    """Gives nodes without a line the one of the node around them."""
    if isinstance(node, (ast.stmt, ast.expr, ast.arg, ast.keyword, ast.alias, ast.excepthandler, ast.withitem)):
        if not hasattr(node, "lineno"):
            node.lineno = node.end_lineno = line
            node.col_offset = node.end_col_offset = 0
        line = node.lineno
        if getattr(node, "end_lineno", None) is None:
            node.end_lineno, node.end_col_offset = line, node.col_offset
    for child in ast.iter_child_nodes(node):
        _fill_lines(child, line)


def _instance(function, code):
    """A function of the converted code in the place of the original."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(types.CellType(operators) if n == "ag__" else cells[n] for n in code.co_freevars)
    new = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    new.__kwdefaults__ = function.__kwdefaults__
    new.__module__, new.__qualname__, new.__doc__ = function.__module__, function.__qualname__, function.__doc__
    new.autograph_is_converted = True
    new.autograph_original = function
    return new
