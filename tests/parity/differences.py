"""Where TapeFlow means to differ: case names, or starts of them, and why. `docs/differences.md` tells users.

A case named here must differ: one that has come to agree is taken off the list.
"""

MEANT: dict[str, str] = {
    "errors/OpError/args": "the error's text is there; TensorFlow leaves args empty",
}


def meant(name: str) -> str | None:
    """Why the case may differ, or None."""
    return next((why for start, why in MEANT.items() if name.startswith(start)), None)
