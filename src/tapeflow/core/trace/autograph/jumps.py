"""`break`, `continue` and early `return` as flags that the statements after them ask: what graphs can express."""

import ast


def _name(name, context=ast.Load):
    return ast.Name(name, context())


def _assign(name, value):
    return ast.Assign([_name(name, ast.Store)], value)


def _true(name):
    return _assign(name, ast.Constant(True))


def _false(name):
    return _assign(name, ast.Constant(False))


def _not(*names):
    """`not a and not b`."""
    tests = [ast.UnaryOp(ast.Not(), _name(n)) for n in names]
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)


class Fresh:
    """Names that the function does not use."""

    def __init__(self, taken):
        self._taken = set(taken)

    def __call__(self, base):
        name, k = base, 0
        while name in self._taken:
            k += 1
            name = f"{base}_{k}"
        self._taken.add(name)
        return name


def _holds(statements, kinds):
    """Whether statements hold a jump of these kinds that leaves them: loops inside keep their own breaks."""
    for node in statements:
        if isinstance(node, kinds):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(node, (ast.While, ast.For)):
            inner = tuple(k for k in kinds if k is ast.Return)
            if (inner and _holds(node.body, inner)) or _holds(node.orelse, kinds):
                return True
            continue
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            part = getattr(node, field, None)
            if isinstance(part, list) and _holds(part, kinds):
                return True
    return False


def lower_loops(statements, fresh):
    """The statements without `break` and `continue`: loops get an attribute `go_on`, asked before a repetition."""
    return [one for node in statements for one in _loop(node, fresh)]


def _loop(node, fresh):
    for field in ("body", "orelse", "finalbody"):
        part = getattr(node, field, None)
        if isinstance(part, list) and not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            setattr(node, field, lower_loops(part, fresh) if part else part)
    for handler in getattr(node, "handlers", ()):
        handler.body = lower_loops(handler.body, fresh)
    for case in getattr(node, "cases", ()):
        case.body = lower_loops(case.body, fresh)
    if not isinstance(node, (ast.While, ast.For)):
        return [node]
    before = []
    if _holds(node.body, (ast.Continue,)):
        flag = fresh("continue_")
        node.body = [_false(flag), *_guarded(node.body, ast.Continue, flag)]
    if _holds(node.body, (ast.Break,)):
        flag = fresh("break_")
        node.body = _guarded(node.body, ast.Break, flag)
        before = [_false(flag)]
        node.go_on = _not(flag)
        if node.orelse:
            rest, node.orelse = node.orelse, []
            return [*before, node, ast.If(_not(flag), rest, [])]
    if node.orelse:
        rest, node.orelse = node.orelse, []
        return [*before, node, *rest]
    return [*before, node]


def _guarded(statements, kind, flag):
    """The statements with each jump as setting `flag`, and what comes after it asking for the flag."""
    result = []
    for i, node in enumerate(statements):
        if isinstance(node, kind):
            result.append(_true(flag))
            return result
        if not _holds([node], (kind,)) or isinstance(node, (ast.While, ast.For)):
            result.append(node)
            continue
        for field in ("body", "orelse", "finalbody"):
            part = getattr(node, field, None)
            if isinstance(part, list) and part:
                setattr(node, field, _guarded(part, kind, flag))
        for handler in getattr(node, "handlers", ()):
            handler.body = _guarded(handler.body, kind, flag)
        for case in getattr(node, "cases", ()):
            case.body = _guarded(case.body, kind, flag)
        result.append(node)
        rest = _guarded(statements[i + 1 :], kind, flag)
        if rest:
            result.append(ast.If(_not(flag), rest, []))
        return result
    return result


def lower_returns(body, fresh):
    """A function's body with one `return`, the last statement, if it has early ones; unchanged otherwise."""
    if not _holds(body[:-1], (ast.Return,)) and (
        isinstance(body[-1], ast.Return) or not _holds(body[-1:], (ast.Return,))
    ):
        return body
    done, value = fresh("do_return"), fresh("retval_")
    lowered, _ = _returns(body, done, value)
    if _returns_in_loop(body) and not _always_returns(body):
        # Where a loop may have returned a tensor, the end of the function must not pass for one.
        lowered.append(ast.If(_not(done), [_assign(value, ast.Constant(None))], []))
    return [_false(done), _assign(value, _undefined_return()), *lowered, ast.Return(_returned(value))]


def _returns_in_loop(statements):
    for node in statements:
        if isinstance(node, (ast.While, ast.For)) and _holds(node.body, (ast.Return,)):
            return True
        parts = [getattr(node, field, None) for field in ("body", "orelse", "finalbody")]
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)) and any(
            isinstance(part, list) and _returns_in_loop(part) for part in parts
        ):
            return True
    return False


def _undefined_return():
    return ast.Call(ast.Attribute(_name("ag__"), "UndefinedReturnValue", ast.Load()), [], [])


def _returned(value):
    return ast.Call(ast.Attribute(_name("ag__"), "returned", ast.Load()), [_name(value)], [])


def _returns(statements, done, value):
    """The statements with returns as assignments; whether they may have returned when they end."""
    result = []
    for i, node in enumerate(statements):
        if isinstance(node, ast.Return):
            result += [ast.copy_location(_assign(value, node.value or ast.Constant(None)), node), _true(done)]
            return result, True
        if not _holds([node], (ast.Return,)):
            result.append(node)
            continue
        rest = statements[i + 1 :]
        if isinstance(node, ast.If) and rest and _always_returns(node.body):
            # `if a: return x` and more: the rest is its `else`, so that both branches give a value.
            node.body, _ = _returns(node.body, done, value)
            node.orelse, _ = _returns([*node.orelse, *rest], done, value)
            return [*result, node], True
        for field in ("body", "orelse", "finalbody"):
            part = getattr(node, field, None)
            if isinstance(part, list) and part:
                setattr(node, field, _returns(part, done, value)[0])
        for handler in getattr(node, "handlers", ()):
            handler.body = _returns(handler.body, done, value)[0]
        for case in getattr(node, "cases", ()):
            case.body = _returns(case.body, done, value)[0]
        if isinstance(node, (ast.While, ast.For)):
            test = _not(done)
            earlier = getattr(node, "go_on", None)
            node.go_on = test if earlier is None else ast.BoolOp(ast.And(), [test, earlier])
            node.body = _after_inner_returns(node.body, done)
        result.append(node)
        if rest:
            more, _ = _returns(rest, done, value)
            result.append(ast.If(_not(done), more, []))
        return result, True
    return result, False


def _always_returns(statements):
    last = statements[-1]
    if isinstance(last, ast.Return):
        return True
    return (
        isinstance(last, ast.If) and bool(last.orelse) and _always_returns(last.body) and _always_returns(last.orelse)
    )


def _after_inner_returns(body, done):
    return body
