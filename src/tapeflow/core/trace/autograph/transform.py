"""From a function's syntax tree to one whose control flow goes through `operators.py`.

    if a:                           def get_state(): return (x,)
        x = f(x)                    def set_state(values): nonlocal x; (x,) = values
    else:                 ->        def if_body(): nonlocal x; x = ag__.call(f, (x,))
        x = x + 1                   def else_body(): nonlocal x; x = x + 1
                                    ag__.if_stmt(a, if_body, else_body, get_state, set_state, ("x",))

The new nodes have the lines of the old ones, so errors and graphs show the user's lines.
"""

import ast

from tapeflow.core.trace.autograph import activity, jumps


def _load(name):
    return ast.Name(name, ast.Load())


def _ag(name):
    return ast.Attribute(_load("ag__"), name, ast.Load())


def _call(name, *args, **kwargs):
    return ast.Call(_ag(name), list(args), [ast.keyword(k, v) for k, v in kwargs.items()])


def _thunk(value):
    return ast.Lambda(_no_arguments(), value)


def _no_arguments(*names):
    return ast.arguments([], [ast.arg(n) for n in names], None, [], [], None, [])


def _function(name, body, *arguments):
    return ast.FunctionDef(name, _no_arguments(*arguments), body or [ast.Pass()], [], None, None, [])


def _target(name):
    """A name or dotted name, to be assigned to."""
    *path, last = name.split(".")
    if not path:
        return ast.Name(last, ast.Store())
    return _part(_dotted(path), last, ast.Store())


def _dotted(path):
    node = _load(path[0])
    for part in path[1:]:
        node = _part(node, part, ast.Load())
    return node


def _part(node, part, context):
    if part.startswith("["):
        return ast.Subscript(node, ast.Constant(ast.literal_eval(part[1:-1])), context)
    return ast.Attribute(node, part, context)


class Converter:
    """Converts one function.

    Attributes:
        class_name: The class that the function is written in, for names that Python mangles; None outside classes.
        fresh: Makes names that the function does not use.
    """

    def __init__(self, tree, class_name):
        self.class_name = class_name
        taken = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        taken |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        self.fresh = jumps.Fresh(taken)

    # -- functions -----------------------------------------------------------------------------------

    def function(self, tree):
        """The converted definition of a function, without decorators, defaults and annotations."""
        outside = activity.declared(tree.body, (ast.Global, ast.Nonlocal))
        body = jumps.lower_loops(tree.body, self.fresh)
        body = jumps.lower_returns(body, self.fresh)
        self.undefined = {}
        self.outside, self.globals = outside, activity.declared(tree.body, ast.Global)
        self.own = [a.arg for a in ast.walk(tree.args) if isinstance(a, ast.arg)]
        converted = self.block(body, set())
        known = set(self.own) | outside
        starts = [
            ast.Assign([ast.Name(n, ast.Store())], _call("Undefined", ast.Constant(n)))
            for n in self.undefined if n not in known
        ]  # fmt: skip
        heads, converted = _split_head(converted)
        return ast.FunctionDef(tree.name, _bare(tree.args), [*heads, *starts, *converted], [], None, None, [])

    def lambda_(self, tree):
        """The converted lambda."""
        return ast.Lambda(_bare(tree.args), Expressions(self).visit(tree.body))

    # -- statements ----------------------------------------------------------------------------------

    def block(self, statements, after):
        """The converted statements; `after` are the names that the code behind them needs."""
        result = []
        for i, node in enumerate(statements):
            live = activity.live_before(statements[i + 1 :], after)
            new = self.statement(node, live)
            for one in new:
                ast.copy_location(one, node) if hasattr(node, "lineno") else None
            result += new
        return result

    def statement(self, node, live):
        """The converted form of one statement, a list."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            return method(node, live)
        return [Expressions(self).visit(node)]

    def _functiondef(self, node, live):
        """A function inside: converted where it stands, as part of this one."""
        if _is_generator(node):
            return [node]
        inner = Converter(node, self.class_name)
        inner.fresh = self.fresh
        new = inner.function(node)
        new.decorator_list = [Expressions(self).visit(d) for d in node.decorator_list]
        new.decorator_list.append(_ag("converted"))
        new.args.defaults = [Expressions(self).visit(d) for d in node.args.defaults]
        new.args.kw_defaults = [None if d is None else Expressions(self).visit(d) for d in node.args.kw_defaults]
        return [new]

    def _asyncfunctiondef(self, node, live):
        return [node]

    def _classdef(self, node, live):
        return [node]

    def _with(self, node, live):
        node.items = [Expressions(self).visit(item) for item in node.items]
        node.body = self.block(node.body, live)
        return [node]

    def _try(self, node, live):
        rest = activity.live_before(node.finalbody, live)
        caught = set().union(rest, *(activity.live_before(h.body, rest) for h in node.handlers))
        node.body = self.block(node.body, caught | activity.live_before(node.orelse, rest))
        for handler in node.handlers:
            handler.body = self.block(handler.body, rest)
        node.orelse, node.finalbody = self.block(node.orelse, rest), self.block(node.finalbody, live)
        return [node]

    _trystar = _try

    def _match(self, node, live):
        node.subject = _call("python_value", Expressions(self).visit(node.subject), ast.Constant("match"))
        for case in node.cases:
            case.body = self.block(case.body, live)
        return [node]

    def _assert(self, node, live):
        visit = Expressions(self).visit
        message = visit(node.msg) if node.msg is not None else ast.Constant("Assertion error")
        return [ast.Expr(_call("assert_stmt", visit(node.test), _thunk(message)))]

    def _if(self, node, live):
        changed = self._changed([*node.body, *node.orelse], live)
        names = self.fresh
        get, set_ = names("get_state"), names("set_state")
        body, other = names("if_body"), names("else_body")
        test = Expressions(self).visit(node.test)
        keep, restore = self._scratch(node, changed, live)
        return [
            *self._state(get, set_, changed),
            *keep,
            _function(body, self._declared(changed, node.body, [*restore(), *self.block(node.body, live)])),
            _function(other, self._declared(changed, node.orelse, [*restore(), *self.block(node.orelse, live)])),
            ast.Expr(
                _call(
                    "if_stmt", test, *map(_load, (body, other, get, set_)), _tuple(changed), ast.Constant(len(changed))
                )
            ),
        ]

    def _scratch(self, node, changed, live):
        """What keeps, and what restores, the names that branches change and read, but that nobody needs afterwards.

        Both branches may be traced, one after the other: the second must not see what the first did to such a name.
        """
        read = activity.live_before(node.body, live) | activity.live_before(node.orelse, live)
        names = [
            n for n in activity.writes([*node.body, *node.orelse])
            if "." not in n and n in read and n not in changed and n not in self.outside
        ]  # fmt: skip
        if not names:
            return [], list
        kept = self.fresh("kept")
        stored = [ast.Assign([ast.Name(kept, ast.Store())], ast.Tuple([_load(n) for n in names], ast.Load()))]

        def restore():
            return [ast.Assign([ast.Tuple([ast.Name(n, ast.Store()) for n in names], ast.Store())], _load(kept))]

        return stored, restore

    def _while(self, node, live):
        needed = activity.loop_live(node, live)
        test = node.test
        go_on = getattr(node, "go_on", None)
        if go_on is not None:
            needed |= activity.reads(go_on)
            test = ast.BoolOp(ast.And(), [go_on, test])
        body, options = _options(node.body)
        changed = self._changed(body, needed)
        names = self.fresh
        get, set_ = names("get_state"), names("set_state")
        test_name, body_name = names("loop_test"), names("loop_body")
        return [
            *self._state(get, set_, changed),
            _function(test_name, [ast.Return(Expressions(self).visit(test))]),
            _function(body_name, self._declared(changed, body, self.block(body, needed))),
            ast.Expr(_call("while_stmt", *map(_load, (test_name, body_name, get, set_)), _tuple(changed), options)),
        ]

    def _for(self, node, live):
        needed = activity.loop_live(node, live)
        go_on = getattr(node, "go_on", None)
        if go_on is not None:
            needed |= activity.reads(go_on)
        names = self.fresh
        item = names("itr")
        body, options = _options(node.body)
        assign = ast.Assign([node.target], _load(item))
        whole = [ast.copy_location(assign, node), *body]
        changed = self._changed(whole, needed)
        get, set_, body_name = names("get_state"), names("set_state"), names("loop_body")
        result = [*self._state(get, set_, changed)]
        extra = ast.Constant(None)
        if go_on is not None:
            extra_name = names("extra_test")
            result.append(_function(extra_name, [ast.Return(Expressions(self).visit(go_on))]))
            extra = _load(extra_name)
        result.append(_function(body_name, self._declared(changed, whole, self.block(whole, needed)), item))
        iterated = Expressions(self).visit(node.iter)
        result.append(
            ast.Expr(_call("for_stmt", iterated, extra, *map(_load, (body_name, get, set_)), _tuple(changed), options))
        )
        return result

    # -- state ---------------------------------------------------------------------------------------

    def _changed(self, statements, live):
        """The names that statements bind and that somebody needs."""
        found = []
        written = activity.writes(statements)
        for name in written:
            # Attributes and items outlive the function: they count whether it looks at them again or not.
            if name.split(".")[0] not in written if "." in name else name in live or name in self.outside:
                found.append(name)
        for name in written:
            if "." not in name and name not in self.outside:
                self.undefined.setdefault(name)
        return found

    def _declared(self, changed, original, body):
        """The body of a part, with the names declared that it binds for the function around it."""
        names = [n for n in activity.writes(original) if "." not in n]
        if not names:
            return body
        for name in names:
            if name not in self.outside:
                self.undefined.setdefault(name)
        return [*self._declarations(names), *body]

    def _declarations(self, names):
        """That a part sets names of the function around it, or of the module."""
        inner, outer = [n for n in names if n not in self.globals], [n for n in names if n in self.globals]
        return [*([ast.Nonlocal(inner)] if inner else []), *([ast.Global(outer)] if outer else [])]

    def _state(self, get, set_, changed):
        values = [
            _call("read", _thunk(_dotted(n.split("."))), ast.Constant(activity.spelled(n)))
            if "." in n or n in self.outside else _load(n)
            for n in changed
        ]  # fmt: skip
        plain = [n for n in changed if "." not in n]
        setter = self._declarations(plain)
        if changed:
            setter.append(ast.Assign([ast.Tuple([_target(n) for n in changed], ast.Store())], _load("values_")))
        return [
            _function(get, [ast.Return(ast.Tuple(values, ast.Load()))]),
            _function(set_, setter, "values_"),
        ]


def _tuple(names):
    return ast.Tuple([ast.Constant(activity.spelled(n)) for n in names], ast.Load())


def _bare(arguments):
    """The parameters without annotations and defaults: the new function gets those of the old one."""
    arguments = ast.arguments(
        [ast.arg(a.arg) for a in arguments.posonlyargs], [ast.arg(a.arg) for a in arguments.args],
        ast.arg(arguments.vararg.arg) if arguments.vararg else None, [ast.arg(a.arg) for a in arguments.kwonlyargs],
        [None for _ in arguments.kwonlyargs], ast.arg(arguments.kwarg.arg) if arguments.kwarg else None, [],
    )  # fmt: skip
    return arguments


def _split_head(body):
    """Docstring and global declarations, which come first; and the rest."""
    heads = []
    while body and (
        isinstance(body[0], (ast.Global, ast.Nonlocal))
        or (isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant))
    ):
        heads.append(body[0])
        body = body[1:]
    return heads, body


def _is_generator(node):
    return any(isinstance(one, (ast.Yield, ast.YieldFrom, ast.Await)) for one in ast.walk(node))


def _options(body):
    """A loop's body without its `set_loop_options(...)`, and the call's keywords."""
    for i, node in enumerate(body):
        value = getattr(node, "value", None)
        if isinstance(node, ast.Expr) and isinstance(value, ast.Call):
            called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", None)
            if called == "set_loop_options":
                keys = [ast.Constant(k.arg) for k in value.keywords]
                options = ast.Dict(keys, [_thunk(k.value) for k in value.keywords])
                return [*body[:i], *body[i + 1 :]] or [ast.Pass()], options
    return body, ast.Dict([], [])


class Expressions(ast.NodeTransformer):
    """Converts calls, boolean operators and conditional expressions."""

    def __init__(self, converter):
        self._converter = converter

    def visit_FunctionDef(self, node):
        return node

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef

    def visit_Lambda(self, node):
        node.body = self.visit(node.body)
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        return ast.copy_location(ast.Call(_ag("converted"), [node], []), node)

    def visit_GeneratorExp(self, node):
        return self.generic_visit(node)

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        result = node.values[-1]
        for value in reversed(node.values[:-1]):
            result = ast.copy_location(_call(name, _thunk(value), _thunk(result)), node)
        return result

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return ast.copy_location(_call("not_", node.operand), node) if isinstance(node.op, ast.Not) else node

    def visit_IfExp(self, node):
        self.generic_visit(node)
        new = _call("if_exp", node.test, _thunk(node.body), _thunk(node.orelse), ast.Constant(ast.unparse(node.test)))
        return ast.copy_location(new, node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) == 1:
            return self._compared(node.left, node.ops[0], node.comparators[0], node)
        # a < b < c: b is computed once.
        result, left, parts = None, node.left, []
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts.append((left, op, right))
            left = right
        for a, op, b in reversed(parts):
            one = self._compared(a, op, b, node)
            result = one if result is None else ast.copy_location(_call("and_", _thunk(one), _thunk(result)), node)
        return result

    @staticmethod
    def _compared(left, op, right, node):
        return ast.copy_location(ast.Compare(left, [op], [right]), node)

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            first = self._converter.own[0] if getattr(self._converter, "own", None) else "self"
            node.args = [_load("__class__"), _load(first)]
            return node
        self.generic_visit(node)
        if (
            isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "ag__"
        ):
            return node
        if isinstance(node.func, ast.Name) and node.func.id in ("locals", "globals", "vars", "dir", "eval", "exec"):
            return node
        return ast.copy_location(ast.Call(_ag("call"), [node.func, *node.args], node.keywords), node)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        owner = self._converter.class_name
        if owner and node.attr.startswith("__") and not node.attr.endswith("__"):
            node.attr = f"_{owner.lstrip('_')}{node.attr}"
        return node
