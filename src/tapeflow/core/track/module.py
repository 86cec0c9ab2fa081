"""`tf.Module` and `tf.name_scope`."""

import functools
import re

from tapeflow.core.base import nest
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.naming import scopes
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.values.variable import Variable


class name_scope:
    """Context that puts `name` before the names of what is made inside.

    Args:
        name: The scope's name; one that ends in a slash is taken as a whole path.

    >>> with tf.name_scope("model"):
    ...     v = tf.Variable(1.0, name="w")
    >>> v.name
    'model/w:0'
    """

    def __init__(self, name):
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        self._name = name
        self._outer = []

    @property
    def name(self):
        """The scope's own name."""
        return self._name

    def __enter__(self):
        self._outer.append(scopes.prefix)
        if not self._name:
            scopes.prefix = ""
        elif self._name.endswith("/"):
            scopes.prefix = self._name
        else:
            scopes.prefix = f"{scopes.prefix}{self._name}/"
        return scopes.prefix

    def __exit__(self, type_arg, value_arg, traceback_arg):
        scopes.prefix = self._outer.pop()
        return False


def get_current_name_scope():
    """Returns the open name scopes, joined by slashes."""
    return scopes.prefix.rstrip("/")


class Module(AutoTrackable):
    """Holds variables and other modules, and finds them by its attributes.

    Args:
        name: A Python identifier; the class's name in snake case by default.

    >>> class Dense(tf.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.w = tf.Variable(1.0, name="w")
    >>> Dense().trainable_variables
    (<tf.Variable 'w:0' shape=() dtype=float32, numpy=1.0>,)
    """

    # Attributes that are not searched for variables.
    _TF_MODULE_IGNORED_PROPERTIES = frozenset(
        ("_self_unconditional_checkpoint_dependencies", "_self_unconditional_dependency_names")
    )

    def __init__(self, name=None):
        if name is None:
            name = _snake_case(type(self).__name__)
        elif not name.isidentifier():
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python identifiers "
                "(e.g. a valid class name)."
            )
        self._name = name
        self._scope_name = f"{scopes.prefix}{name}/"

    @property
    def name(self):
        """The module's name."""
        return self._name

    @property
    def name_scope(self):
        """The `tf.name_scope` of what the module makes."""
        return name_scope(self._scope_name)

    @property
    def variables(self):
        """All variables of this module and its submodules, a tuple, by attribute name."""
        return tuple(_walk(self, lambda x: isinstance(x, Variable)))

    @property
    def trainable_variables(self):
        """The variables whose `trainable` is true."""
        return tuple(_walk(self, lambda x: isinstance(x, Variable) and x.trainable))

    @property
    def non_trainable_variables(self):
        """The variables whose `trainable` is false."""
        return tuple(_walk(self, lambda x: isinstance(x, Variable) and not x.trainable))

    @property
    def submodules(self):
        """All modules below this one, a tuple."""
        return tuple(_walk(self, lambda x: isinstance(x, Module)))

    def _flatten(
        self, recursive=True, predicate=None, attribute_traversal_key=None, with_path=False, expand_composites=False
    ):  # fmt: skip
        """What the attributes hold, as classes below `tf.Module` ask for it.

        Args:
            recursive: Whether to go into modules.
            predicate: Which leaves are wanted; all if None.
            attribute_traversal_key: Sorts the names of attributes.
            with_path: Not supported.
            expand_composites: Whether the tensors of composites are meant instead of those.
        """
        if with_path:
            raise UnimplementedError("tf.Module._flatten: the way to each leaf is not kept", hint="with_path=False")
        wanted = predicate or (lambda leaf: True)
        return iter(_walk(self, wanted, None, recursive, attribute_traversal_key, expand_composites))

    @classmethod
    def with_name_scope(cls, method):
        """Decorates a method to run inside the module's name scope."""

        @functools.wraps(method)
        def scoped_method(self, *args, **kwargs):
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped_method


def _snake_case(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _walk(module, wanted, seen=None, recursive=True, key=None, expand=False):
    """Everything `wanted` below `module`: its own attributes first, by name, then its submodules'."""
    seen = {id(module)} if seen is None else seen
    found, below = [], []
    ignored = module._TF_MODULE_IGNORED_PROPERTIES
    for name in sorted(vars(module), key=key):
        if name in ignored or name.startswith("_self_"):
            continue
        for leaf in _leaves(vars(module)[name], expand):
            if id(leaf) in seen:
                continue
            if wanted(leaf):
                seen.add(id(leaf))
                found.append(leaf)
            if recursive and isinstance(leaf, Module):
                seen.add(id(leaf))
                below.append(leaf)
    for one in below:
        found += _walk(one, wanted, seen, recursive, key, expand)
    return found


def _leaves(value, expand=False):
    try:
        return nest.flatten(value, expand_composites=expand)
    except TypeError:  # a dictionary whose keys cannot be sorted holds nothing that we could name
        return list(value.values()) if isinstance(value, dict) else [value]
