"""Names for writing lowerings without importing jax: `lax.tanh`, `jnp.sum` are looked up when a lowering runs.

The XLA engine fills these in when it loads; before that nobody can run a lowering.
"""

import threading


class LoweringRefused(Exception):
    """A lowering cannot handle such arguments, known only now that shapes are: the op runs on the host instead."""


class Namespace:
    """Stands for a module of JAX until the engine puts the module behind it."""

    def __init__(self, name):
        self._name = name

    def fill(self, module):
        """Makes the module's names available here."""
        self.__dict__.update(vars(module))
        self._module = module

    def __getattr__(self, name):
        module = self.__dict__.get("_module")
        if module is None:
            raise AttributeError(f"{self._name}.{name}: a lowering ran before the XLA engine was loaded")
        return getattr(module, name)


jax, jnp, lax = Namespace("jax"), Namespace("jax.numpy"), Namespace("jax.lax")
jsp = Namespace("jax.scipy.special")


def call_module(args, attrs):
    """The outputs of a StableHLO program; the XLA engine puts its own function here when it loads."""
    raise AttributeError("a lowering ran before the XLA engine was loaded")


def resolve(lower):
    """The function behind a lowering that is given by name: `"lax.tanh"`, `"jnp.sum"`, `"jsp.erf"`."""
    if not isinstance(lower, str):
        return lower
    head, *path = lower.split(".")
    function = {"jax": jax, "jnp": jnp, "lax": lax, "jsp": jsp}[head]
    for name in path:
        function = getattr(function, name)
    return function


class Notes(threading.local):
    """What lowerings found while a program was traced that the compiler should know.

    Attributes:
        convolution: Whether there is a convolution, which another back end of the compiler does better.
        endless: Whether there is a loop whose length only running it tells.
        left_out: Names of ops without outputs that a program may go without, None where it may not.
        node: While a program is exported, the node that was lowered last: where an error is from.
    """

    convolution = False
    endless = False
    left_out = None
    node = None


notes = Notes()
