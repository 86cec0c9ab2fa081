"""What the user calls a value, found in the frame that asks, and where that name was bound to something else."""

import ast
import linecache


def name_in(frame, value):
    """The name that `value` goes by in a frame, None if it has none."""
    if frame is None:
        return None
    for namespace in (frame.f_locals, frame.f_globals):
        for name, bound in namespace.items():
            if bound is value and not name.startswith("_"):
                return name
    return None


def rebinding(frame, name):
    """The line number that takes a variable's name away: `x = x + 1` in a program that has `x = tf.Variable(…)`.

    Args:
        frame: The user's frame.
        name: A name in it.

    Returns:
        The line's number, or None if the source shows no such thing.
    """
    source = "".join(linecache.getlines(frame.f_code.co_filename, frame.f_globals))
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    made, rebound = None, None
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = [t.id for t in node.targets if isinstance(t, ast.Name)]
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            targets = [node.target.id]
        else:
            continue
        if name not in targets:
            continue
        if isinstance(node, ast.AugAssign) or any(
            isinstance(n, ast.Name) and n.id == name for n in ast.walk(node.value)
        ):
            rebound = node.lineno
        elif node.lineno < frame.f_lineno and (made is None or node.lineno > made[0]):
            # The last time that the name was bound afresh before the question.
            called = node.value.func if isinstance(node.value, ast.Call) else None
            made = node.lineno, getattr(called, "attr", getattr(called, "id", None)) == "Variable"
    return rebound if made is not None and made[1] else None
