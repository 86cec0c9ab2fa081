"""Pictures of graphs without Graphviz: a layered drawing (Sugiyama, Tagawa & Toda, 1981) as SVG text."""

from dataclasses import dataclass, field
from html import escape

# Colours that print well and keep a contrast of 4.5:1 with the text on them.
STYLES = {
    "source": ("#d7e9ff", "#2b6cb0"),
    "constant": ("#f1f1f1", "#8a8a8a"),
    "op": ("#fff8e1", "#b7791f"),
    "target": ("#dcf5e3", "#2f855a"),
    "lost": ("#fde2e2", "#c53030"),
}
CHARACTER, LINE, PAD, GAP_X, GAP_Y = 7.0, 16, 8, 46, 20


@dataclass(slots=True)
class Box:
    """A node: what is written in it, and how it looks (a key of `STYLES`).

    Attributes:
        lines: Text, the first line in bold.
        style: A key of `STYLES`.
        notes: Lines under the others in a second colour.
        tip: Shown when the mouse rests on the node.
    """

    lines: list
    style: str = "op"
    notes: list = field(default_factory=list)
    tip: str = ""
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self):
        """Pixels."""
        return max(56.0, 2 * PAD + CHARACTER * max(len(line) for line in (*self.lines, *self.notes)))

    @property
    def height(self):
        """Pixels."""
        return 2 * PAD + LINE * (len(self.lines) + len(self.notes))


def draw(boxes, edges, title=""):
    """The SVG text of a directed acyclic graph, drawn from left to right.

    Args:
        boxes: The nodes, a list of `Box`; their places are set.
        edges: Pairs of positions in `boxes`, from and to.
        title: What the picture shows, for screen readers.
    """
    layers = _ordered(_layers(len(boxes), edges), edges)
    _place(boxes, layers)
    width = max((box.x + box.width for box in boxes), default=0) + PAD
    height = max((box.y + box.height for box in boxes), default=0) + PAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="ui-monospace, monospace" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#666"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
        *(_edge(boxes[a], boxes[b]) for a, b in edges),
        *map(_box, boxes),
        "</svg>",
    ]
    return "\n".join(parts)


def _layers(count, edges):
    """The nodes by their longest distance from a start."""
    depth = [0] * count
    for _ in range(count):
        moved = False
        for a, b in edges:
            if depth[b] < depth[a] + 1:
                depth[b], moved = depth[a] + 1, True
        if not moved:
            break
    # A start stands right before its first use.
    after = {}
    for a, b in edges:
        after[a] = min(after.get(a, depth[b]), depth[b])
    entered = {b for _, b in edges}
    for node in range(count):
        if node not in entered and node in after:
            depth[node] = after[node] - 1
    layers = [[] for _ in range(max(depth, default=-1) + 1)]
    for node, d in enumerate(depth):
        layers[d].append(node)
    return [layer for layer in layers if layer]


def _ordered(layers, edges):
    """Each layer in an order with few crossings: by the mean place of the neighbours, forth and back."""
    before, behind = {}, {}
    for a, b in edges:
        before.setdefault(b, []).append(a)
        behind.setdefault(a, []).append(b)
    for sweep in range(8):
        neighbours = before if sweep % 2 == 0 else behind
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            place = {node: i / max(1, len(row) - 1) for row in layers for i, node in enumerate(row)}
            own = {node: place[node] for node in layer}
            means = {
                node: sum(place[n] for n in neighbours[node]) / len(neighbours[node])
                if node in neighbours
                else own[node]
                for node in layer
            }
            layer.sort(key=lambda node, means=means: means[node])
    return layers


def _place(boxes, layers):
    """Sets x and y: a column a layer, each centred on the tallest."""
    heights = [sum(boxes[n].height + GAP_Y for n in layer) - GAP_Y for layer in layers]
    x = PAD
    for layer, height in zip(layers, heights, strict=True):
        y = PAD + (max(heights) - height) / 2
        for node in layer:
            boxes[node].x, boxes[node].y = x, y
            y += boxes[node].height + GAP_Y
        x += max(boxes[n].width for n in layer) + GAP_X


def _edge(a, b):
    x1, y1, x2, y2 = a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2
    bend = max(20.0, (x2 - x1) / 2)
    return (
        f'<path d="M{x1:.1f},{y1:.1f} C{x1 + bend:.1f},{y1:.1f} {x2 - bend:.1f},{y2:.1f} {x2:.1f},{y2:.1f}" '
        'fill="none" stroke="#666" marker-end="url(#head)"/>'
    )


def _box(box):
    fill, stroke = STYLES[box.style]
    parts = [f"<g><title>{escape(box.tip)}</title>" if box.tip else "<g>"]
    parts.append(
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="6" '
        f'fill="{fill}" stroke="{stroke}"/>'
    )
    for i, line in enumerate((*box.lines, *box.notes)):
        look = ' font-weight="bold"' if i == 0 else ' fill="#9b2c2c"' if i >= len(box.lines) else ""
        parts.append(
            f'<text x="{box.x + box.width / 2:.1f}" y="{box.y + PAD + LINE * i + 12:.1f}" text-anchor="middle"{look}>'
            f"{escape(line)}</text>"
        )
    return "".join(parts) + "</g>"


class Picture:
    """An SVG picture: shows itself in notebooks, `save` writes it to a file."""

    def __init__(self, svg):
        self.svg = svg

    def _repr_svg_(self):
        return self.svg

    def save(self, path):
        """Writes the picture to `path`; returns the path."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg)
        return path

    def __repr__(self):
        return f"<SVG picture, {len(self.svg)} characters; .save(path) writes it>"
