"""`tensorflow.python.util.tf_export`: under which public names a function or class stands."""

from collections.abc import Hashable


class api_export:
    """A decorator that notes public names and leaves what it decorates as it is.

    Args:
        *args: The names in version 2, the canonical one first.
        api_name: `"tensorflow"` or `"keras"`.
        v1: The names in version 1, if they are others.
        allow_multiple_exports: Accepted.
    """

    def __init__(self, *args, api_name="tensorflow", v1=None, allow_multiple_exports=True):
        self._names, self._v1, self._api_name = args, args if v1 is None else tuple(v1), api_name

    def __call__(self, func):
        note(func, self._names, self._v1, self._api_name)
        return func

    def export_constant(self, module_name, name):
        """Accepted: constants carry no names."""


# Public name -> what was exported under it, by other packages.
_SYMBOLS: dict[str, object] = {}


def note(symbol, names, v1, api_name):
    """Writes the names on a function or class, where it takes attributes."""
    _SYMBOLS.update(dict.fromkeys(names, symbol))
    prefix = "_keras" if api_name == "keras" else "_tf"
    target = getattr(symbol, "__wrapped__", symbol)
    for attribute, value in ((f"{prefix}_api_names", tuple(names)), (f"{prefix}_api_names_v1", tuple(v1))):
        try:
            setattr(target, attribute, value)
        except (AttributeError, TypeError):  # a builtin: it has no place for names
            return


def tf_export(*args, v1=None, allow_multiple_exports=True):
    """`api_export` for names under `tf`."""
    return api_export(*args, api_name="tensorflow", v1=v1)


def keras_export(*args, v1=None, allow_multiple_exports=True):
    """`api_export` for names under `keras`."""
    return api_export(*args, api_name="keras", v1=v1)


def get_canonical_name_for_symbol(symbol, api_name="tensorflow", add_prefix_to_v1_names=False):
    """Returns the first public name of a function or class, None if it has none.

    Args:
        symbol: The function or class.
        api_name: `"tensorflow"` or `"keras"`.
        add_prefix_to_v1_names: Whether a name of version 1 only gets `compat.v1.` before it.
    """
    prefix = "_keras" if api_name == "keras" else "_tf"
    own = vars(getattr(symbol, "__wrapped__", symbol)) if hasattr(symbol, "__dict__") else {}
    names = own.get(f"{prefix}_api_names") or ()
    if names:
        return names[0]
    names = own.get(f"{prefix}_api_names_v1") or ()
    if names:
        return f"compat.v1.{names[0]}" if add_prefix_to_v1_names else names[0]
    return None if api_name == "keras" else _public_name(symbol)


def _public_name(symbol):
    """The name of one of our own functions or classes: where the public API has it."""
    import tapeflow  # lazy: this module is loaded by it
    from tapeflow.compat.dispatchers import public_names  # lazy: it looks all namespaces up

    if isinstance(symbol, Hashable) and symbol in public_names():
        return public_names()[symbol]
    name = getattr(symbol, "__name__", None)
    for prefix in ("", "math.", "nn.", "linalg.", "random.", "strings.", "image.", "distribute."):
        home = getattr(tapeflow, prefix[:-1]) if prefix else tapeflow
        if name is not None and getattr(home, name, None) is symbol:
            return prefix + name
    return None


def get_v1_names(symbol):
    """Returns all names of a function or class in version 1."""
    return [*getattr(symbol, "_tf_api_names_v1", ()), *getattr(symbol, "_keras_api_names_v1", ())]


def get_v2_names(symbol):
    """Returns all names of a function or class in version 2."""
    return [*getattr(symbol, "_tf_api_names", ()), *getattr(symbol, "_keras_api_names", ())]


def get_symbol_from_name(name):
    """Returns the function or class of a public name such as `"math.add"`, None if there is none."""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    import tapeflow  # lazy: this module is loaded by it

    found = tapeflow
    for part in name.removeprefix("tf.").split("."):
        found = getattr(found, part, None)
    return found
