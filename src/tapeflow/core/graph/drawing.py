"""Graphs for people: as text, one line a node, and as a picture (SVG)."""

from tapeflow.core.base.svg import Box, Picture, draw
from tapeflow.core.graph.legality import inner_graphs

# More nodes than these make no picture that anybody reads.
DRAWN = 250
# Letters of a name that a box has room for.
_NAME = 36


def text(graph, indent=""):
    """The nodes in order: name, op, inputs, attributes that are short, dtypes and shapes, and the user's line."""
    lines = [f"{indent}graph '{graph.name}'({', '.join(_typed(s) for s in graph.inputs)})"]
    captured = {symbol.node for symbol in graph.internal_captures}
    states = {state.first.node: state for state in graph.states.values()}
    for node in graph.nodes:
        if node.type == "Placeholder":
            if node in captured or node in states:
                lines.append(f"{indent}  {_typed(node.outputs[0])} = {'variable' if node in states else 'captured'}")
            continue
        lines.append(f"{indent}  {_call(node)}{_at(node)}")
        for inner, _ in inner_graphs(node):
            lines += text(inner, indent + "    ").split("\n")
    results = [s.name for s in graph.outputs]
    lines.append(f"{indent}  return {', '.join(results) or 'nothing'}")
    lines += [f"{indent}  {state.first.node.name} ← {state.latest.name}" for state in graph.written]
    return "\n".join(lines)


def _typed(symbol):
    return f"{symbol.node.name}: {_kind(symbol)}"


def _kind(symbol):
    return f"{symbol.dtype.name}{_sizes(symbol)}"


def _sizes(symbol):
    if symbol.shape.rank is None:
        return "[…]"
    return f"[{', '.join('?' if n is None else str(n) for n in symbol.shape.as_list())}]"


def _call(node):
    if node.type == "Const":
        return f"{_typed(node.outputs[0])} = {_short(node.attrs['value'])}"
    results = ", ".join(_kind(s) for s in node.outputs) or "nothing"
    arguments = [f"({', '.join(s.name for s in one)})" if type(one) is tuple else one.name for one in node.args]
    arguments += [f"{k}={v!r}" for k, v in node.attrs.items() if isinstance(v, (bool, int, float, str))]
    return f"{node.name}: {results} = {node.type}({', '.join(arguments)})"


def _short(value):
    found = " ".join(str(value.host.tolist() if hasattr(value.host, "tolist") else value.host).split())
    return found if len(found) <= 40 else f"{found[:37]}…"


def _at(node):
    return "" if node.line is None else f"   # {node.line}"


def picture(graph):
    """The drawing of a graph: inputs and variables to the left, results to the right, constants left out.

    Raises:
        ValueError: The graph has too many nodes.
    """
    nodes = [node for node in graph.nodes if node.type != "Const"]
    if len(nodes) > DRAWN:
        raise ValueError(f"'{graph.name}' has {len(nodes)} nodes, a picture shows {DRAWN} at most: print graph.text()")
    place = {node: i for i, node in enumerate(nodes)}
    results = {s.node for s in graph.everything_out}
    boxes = [_box(node, node in results) for node in nodes]
    edges = sorted({(place[s.node], place[node]) for node in nodes for s in node.inputs if s.node in place})
    return Picture(draw(boxes, edges, f"The graph of {graph.name}"))


def graph_overview(graph):
    """The drawing of a graph of any size: a large one by its name scopes.

    Raises:
        ValueError: Its nodes have no scopes that would make it smaller.
    """
    nodes = [node for node in graph.nodes if node.type != "Const"]
    if len(nodes) <= DRAWN:
        return picture(graph)
    place = {node: i for i, node in enumerate(nodes)}
    edges = [(place[s.node], place[node]) for node in nodes for s in node.inputs if s.node in place]
    return overview([(node.name, node.type) for node in nodes], edges, range(len(nodes)), graph.name)


def overview(nodes, edges, kept, title):
    """The drawing of a directed graph; if it has too many nodes, one box stands for all nodes of a name scope.

    Args:
        nodes: Pairs (name, op).
        edges: Pairs of positions in `nodes`, from and to.
        kept: The positions to draw.
        title: What the picture shows.

    Raises:
        ValueError: There are too many nodes, and no scopes.
    """
    group_of, names = _grouped(nodes, list(kept), title)
    members = [[] for _ in names]
    for i, group in group_of.items():
        members[group].append(i)
    pairs = {(group_of[a], group_of[b]) for a, b in edges if a in group_of and b in group_of}
    # Scopes may feed each other; the edge back is left out, for the picture has an order.
    forward = sorted((a, b) for a, b in pairs if a < b)
    fed, feeding = {b for _, b in forward}, {a for a, _ in forward}
    boxes = []
    for group, (name, inside) in enumerate(zip(names, members, strict=True)):
        style = "source" if group not in fed else "target" if group not in feeding else "op"
        if len(inside) == 1:
            name, op = nodes[inside[0]]
            boxes.append(Box([op], style, [name[-_NAME:]], name))
        else:
            boxes.append(Box([name[-_NAME:] or "(no scope)"], style, [f"{len(inside)} ops"], name))
    return Picture(draw(boxes, forward, title))


def _grouped(nodes, kept, title):
    """Position -> group, and the groups' names in the order of their first nodes; few enough to be drawn."""
    deepest = max((nodes[i][0].count("/") for i in kept), default=0) + 1
    for depth in range(deepest, 0, -1):
        numbers = {}
        group_of = {}
        for i in kept:
            name = nodes[i][0]
            key = "/".join(name.split("/")[:depth])
            group_of[i] = numbers.setdefault(key, len(numbers))
        if len(numbers) <= DRAWN:
            return group_of, list(numbers)
    raise ValueError(f"{title} has {len(kept)} nodes without scopes, a picture shows {DRAWN} at most")


def _box(node, is_result):
    style = "source" if node.type == "Placeholder" else "target" if is_result else "op"
    notes = [_kind(s) for s in node.outputs[:3]]
    title = node.name if node.type == "Placeholder" else node.type
    return Box([title], style, notes, f"{node.name}\n{node.line or ''}")
