"""Descriptions as a page of HTML with pictures; one file, no scripts, nothing from the network."""

from html import escape

from tapeflow.core.files.shown.description import count_text, totals

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#1a202c}
h1{font-size:1.4em;overflow-wrap:anywhere}h2{font-size:1.1em;margin-top:1.8em}
table{border-collapse:collapse}td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}
th{border-bottom:1px solid #cbd5e0;font-weight:600}
td{border-bottom:1px solid #edf2f7;font-family:ui-monospace,monospace}
.picture{overflow:auto;border:1px solid #e2e8f0;padding:.5em}
""".strip()


def page(description):
    """The HTML text of a description.

    Args:
        description: A `Description`.
    """
    title = f"{description.kind} {description.path}"
    parts = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(one)}</p>" for one in description.facts)]
    for name, one in sorted((description.signatures or {}).items()):
        work = description.work.get(name)
        cost = [["FLOPs", work if isinstance(work, str) else f"{count_text(work)} for open sizes of 1"]] if work else []
        rows = [["takes", x] for x in one.inputs] + [["gives", x] for x in one.outputs] + cost
        parts += [f"<h2>{escape(name)}</h2>", _table((), rows)]
    parts += _pictures(description)
    if description.variables is not None:
        parts.append(f"<h2>{escape(description.word.capitalize())}: {escape(totals(description.variables))}</h2>")
        rows = [[v.name, v.dtype, _sizes(v.shape), f"{v.count:,}", _note(v)] for v in description.variables]
        parts.append(_table(("name", "dtype", "shape", "numbers", ""), rows))
    if description.ops is not None:
        parts.append(f"<h2>Ops: {description.ops.total():,}</h2>")
        parts.append(_table(("op", "count"), [[op, f"{n:,}"] for op, n in description.ops.most_common()]))
    for heading, rows in description.sections:
        parts += [f"<h2>{escape(heading.capitalize())}</h2>", _table((), [[row] for row in rows])]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _note(stored):
    return "not trainable" if stored.is_trainable is False else stored.note


def _sizes(shape):
    return "any" if shape is None else str(list(shape)).replace("None", "?")


def _table(heads, rows):
    head = f"<tr>{''.join(f'<th>{escape(one)}</th>' for one in heads)}</tr>" if heads else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{head}{body}</table>"


def _pictures(description):
    if description.pictures is None:
        return []
    parts = []
    for name, picture in description.pictures().items():
        svg = f'<div class="picture">{picture.svg}</div>' if hasattr(picture, "svg") else f"<p>{escape(picture)}</p>"
        parts += [f"<h2>Graph: {escape(name)}</h2>", svg]
    return parts
