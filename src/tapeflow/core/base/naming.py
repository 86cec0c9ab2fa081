"""Name scopes: the prefixes that `tf.name_scope` puts before the names of variables and ops."""

import threading


class _Scopes(threading.local):
    """The thread's open scope, such as `"model/dense/"`, and how often each name was used in it."""

    def __init__(self):
        self.prefix = ""


scopes = _Scopes()


def scoped(name):
    """`name` with the open scopes before it."""
    return scopes.prefix + name
