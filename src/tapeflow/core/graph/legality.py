"""What every graph keeps to, checked in tests: after capture, after differentiation and between passes."""

from tapeflow.core.values.symbol import Symbol


class IllegalGraph(AssertionError):
    """A graph that breaks a rule."""


def check(graph):
    """Raises if a graph, or one that its nodes hold, breaks a rule.

    - Names are unique.
    - A node takes symbols of its own graph, of nodes before it; so do the nodes that it must run after.
    - Inputs, captures and the first values of variables are different placeholders of the graph.
    - Outputs and new values of variables are symbols of the graph.
    - A symbol has the dtype that its op gives it.
    - A node of a graph (a call, a branch, a loop) gives it as many tensors as it takes, of the same dtypes.

    Raises:
        IllegalGraph: It names the node and the rule.
    """
    _check_names(graph)
    place = {node: i for i, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        _check_inputs(graph, node, place)
        _check_dtypes(node)
        for inner, given in inner_graphs(node):
            _check_call(node, inner, given)
            check(inner)
    _check_ends(graph, place)


def inner_graphs(node):
    """Pairs (graph that a node runs, the symbols that it gives it; None where that is decided while running)."""
    a, values = node.attrs, node.inputs
    if "branches" in a:
        return [(g, [values[1 + i] for i in m]) for g, m in zip(a["branches"], a["maps"], strict=True)]
    if "body_map" in a:
        return [(a["cond"], [values[i] for i in a["cond_map"]]), (a["body"], [values[i] for i in a["body_map"]])]
    return [(a["f"], list(values))] if hasattr(a.get("f"), "everything_in") else []


def _fail(node, rule):
    raise IllegalGraph(f"{node.name} ({node.type}, {node.line}): {rule}")


def _check_names(graph):
    seen = set()
    for node in graph.nodes:
        if node.name in seen:
            _fail(node, "another node has its name")
        seen.add(node.name)
        if node.graph is not graph:
            _fail(node, "it belongs to another graph")


def _check_inputs(graph, node, place):
    for x in node.inputs:
        if type(x) is not Symbol:
            _fail(node, f"its input {x!r} is no symbol")
        if x.node.graph is not graph:
            _fail(node, f"its input {x.name} is of the graph '{x.node.graph.name}'")
        if place.get(x.node, len(place)) >= place[node]:
            _fail(node, f"its input {x.name} comes after it")
    for before in node.control_inputs:
        if place.get(before, len(place)) >= place[node]:
            _fail(node, f"it runs after {before.name}, which comes after it")


def _check_dtypes(node):
    if node.type in ("Placeholder", "Const") or not node.record.outputs or "Tout" in node.attrs:
        return
    announced = node.record.output_dtypes(node.args, node.attrs, len(node.outputs))
    for symbol, dtype in zip(node.outputs, announced, strict=False):
        if symbol.dtype is not dtype:
            _fail(node, f"{symbol.name} is {symbol.dtype.name}, its op gives {dtype.name}")


def _check_call(node, inner, given):
    taken = inner.everything_in
    if len(given) != len(taken):
        _fail(node, f"it gives '{inner.name}' {len(given)} tensors of {len(taken)}")
    for x, y in zip(given, taken, strict=True):
        if x.dtype is not y.dtype:
            _fail(node, f"it gives '{inner.name}' {x.dtype.name} for {y.name}, which is {y.dtype.name}")


def _check_ends(graph, place):
    seen = set()
    for x in graph.everything_in:
        if x.node.type != "Placeholder" or x.node not in place:
            _fail(x.node, "an input that is no placeholder of the graph")
        if x.node in seen:
            _fail(x.node, "an input twice")
        seen.add(x.node)
    for x in graph.everything_out:
        if x.node not in place:
            _fail(x.node, f"{x.name} comes out of '{graph.name}' and is not in it")
