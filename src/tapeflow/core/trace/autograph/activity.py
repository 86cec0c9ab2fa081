"""Which names a piece of a program reads and writes, and which are still needed after it."""

import ast

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS_IN_EXPRESSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def attribute_name(node):
    """`"a.b.c"` for such an expression, `"a.[0].b"` for `a[0].b`, None for any other but those."""
    parts = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        elif isinstance(node, ast.Subscript) and _is_plain(node.slice):
            parts.append(f"[{node.slice.value!r}]")
        else:
            break
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) and parts else None


def _is_plain(index):
    """Whether a subscript is a number or a name in quotes, without the dot that separates parts."""
    return isinstance(index, ast.Constant) and isinstance(index.value, (int, str)) and "." not in repr(index.value)


def spelled(name):
    """A dotted name as the user wrote it."""
    return name.replace(".[", "[")


class _Names(ast.NodeVisitor):
    def __init__(self):
        self.reads, self.writes = {}, {}
        self.globals = set()

    def visit_Name(self, node):
        (self.reads if isinstance(node.ctx, ast.Load) else self.writes).setdefault(node.id)

    def visit_Attribute(self, node):
        name = attribute_name(node)
        if name is not None:
            (self.reads if isinstance(node.ctx, ast.Load) else self.writes).setdefault(name)
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_AugAssign(self, node):
        if isinstance(node.target, ast.Name):
            self.reads.setdefault(node.target.id)
        name = attribute_name(node.target)
        if name is not None:
            self.reads.setdefault(name)
        self.generic_visit(node)

    def visit_Global(self, node):
        self.globals.update(node.names)

    visit_Nonlocal = visit_Global

    def _scope(self, node):
        """A function inside: what it reads from around counts, what it writes is its own."""
        if hasattr(node, "name"):
            self.writes.setdefault(node.name)
        inner = _Names()
        for part in ast.iter_child_nodes(node):
            inner.visit(part)
        own = set(inner.writes) | {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        for name in inner.reads:
            if name.split(".")[0] not in own:
                self.reads.setdefault(name)
        for name in inner.globals:
            if name in inner.writes:
                self.writes.setdefault(name)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = _scope

    def _comprehension(self, node):
        inner = _Names()
        inner.generic_visit(node)
        own = set(inner.writes)
        for name in inner.reads:
            if name.split(".")[0] not in own:
                self.reads.setdefault(name)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_ExceptHandler(self, node):
        if node.name:
            self.writes.setdefault(node.name)
        self.generic_visit(node)

    def _alias(self, node):
        for one in node.names:
            self.writes.setdefault((one.asname or one.name).split(".")[0])

    visit_Import = visit_ImportFrom = _alias


def _names(nodes):
    found = _Names()
    for node in nodes if isinstance(nodes, list) else [nodes]:
        if node is not None:
            found.visit(node)
    return found


def reads(nodes):
    """Names, and dotted names, that nodes read."""
    return set(_names(nodes).reads)


def writes(nodes):
    """Names, and dotted names, that nodes bind, in order."""
    return list(_names(nodes).writes)


def declared(nodes, kinds):
    """Names that nodes declare global or nonlocal, functions inside left out."""
    found = set()
    for node in nodes:
        if isinstance(node, kinds):
            found.update(node.names)
        elif not isinstance(node, SCOPES):
            found |= declared(ast.iter_child_nodes(node), kinds)
    return found


def live_before(statements, after):
    """The names that statements, followed by code that needs `after`, need from before."""
    live = set(after)
    for statement in reversed(statements):
        live = _before(statement, live)
    return live


def _before(node, after):
    if isinstance(node, ast.If):
        return reads(node.test) | live_before(node.body, after) | live_before(node.orelse, after)
    if isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
        return loop_live(node, after) | (reads(node.iter) if not isinstance(node, ast.While) else set())
    if isinstance(node, (ast.With, ast.AsyncWith)):
        bound = {n for item in node.items if item.optional_vars is not None for n in writes(item.optional_vars)}
        return reads([item.context_expr for item in node.items]) | {
            name for name in live_before(node.body, after) if name.split(".")[0] not in bound
        }
    if isinstance(node, (ast.Try, ast.TryStar)):
        rest = live_before(node.finalbody, after)
        parts = [live_before(node.body + node.orelse, rest) | reads(node.body)]
        parts += [live_before(handler.body, rest) for handler in node.handlers]
        return set().union(rest, *parts)
    if isinstance(node, ast.Match):
        cases = [live_before(case.body, after) | (reads(case.guard) if case.guard else set()) for case in node.cases]
        return set().union(reads(node.subject), after, *cases)
    if isinstance(node, (ast.Return, ast.Raise)):
        return reads(node)
    killed = {name for name in writes(node) if "." not in name} if not isinstance(node, ast.AugAssign) else set()
    return {name for name in after if name.split(".")[0] not in killed} | reads(node)


def loop_live(node, after):
    """The names that a loop needs when a repetition begins."""
    head = reads(node.test) if isinstance(node, ast.While) else set()
    live = set(after) | head | live_before(node.orelse, after)
    for _ in range(3):
        body = live_before(node.body, live)
        if not isinstance(node, ast.While):
            targets = set(writes(node.target))
            body = {name for name in body if name not in targets}
        wider = live | body
        if wider == live:
            break
        live = wider
    return live
