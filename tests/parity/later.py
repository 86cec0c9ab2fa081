"""Parts of the API that TapeFlow does not have yet: a case that asks for one of them ends in AttributeError.

A part named here must be absent: once it is there its cases count like all others, and the name comes off the list.
"""

import tapeflow as tf

# Where the part would be -> its names.
LATER = {
    "": [],
    "modules": [],
}
NAMES = frozenset(name for names in LATER.values() for name in names)


def is_there(where: str, name: str) -> bool:
    """Whether TapeFlow has the part."""
    home = tf if where in ("", "modules") else getattr(tf, where)
    return hasattr(home, name)
