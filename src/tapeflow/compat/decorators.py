"""`tf.__internal__.decorator`: what is behind decorated functions."""

import inspect


def unwrap(maybe_decorated):
    """Returns the decorators around a function, outermost first, and the function.

    Args:
        maybe_decorated: A function.
    """
    layers = []
    target = inspect.unwrap(maybe_decorated, stop=lambda f: layers.append(f) or False)
    return layers, target
