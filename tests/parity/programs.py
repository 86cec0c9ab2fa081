"""Programs with control flow over tensors, each run as a captured function; `tests/core/trace` runs them as Python."""

import functools


class Programs:
    """The programs of a family: a decorator, called with the arguments of each call to make.

    Attributes:
        calls: (name, function, arguments) of every case that returns.
    """

    def __init__(self, case):
        self._case = case
        self.calls = []

    def __call__(self, *calls):
        """Adds a function `(tf, *arguments)`, with a case for each of `calls`; one that is no tuple is one argument."""

        return lambda function: self._add(function, calls, self._case)

    def beyond(self, *calls):
        """As a call, for programs that TensorFlow refuses and TapeFlow runs: only compared with Python."""
        return lambda function: self._add(function, calls, lambda *_: None)

    def _add(self, function, calls, case):
        for i, given in enumerate(calls):
            arguments = given if isinstance(given, tuple) else (given,)
            name = f"{function.__name__}/{i}"
            self.calls.append((name, function, arguments))
            case(name, captured, function, arguments)
        return function

    def raises(self, *arguments, says=()):
        """Adds a function that cannot be captured, or fails when it runs."""

        def added(function):
            self._case.raises(function.__name__, captured, function, arguments, says=says)
            return function

        return added


def tensor(tf, value):
    """An argument of a program as a tensor; functions, strings and None stay what they are."""
    return value if callable(value) or isinstance(value, str) or value is None else tf.constant(value)


def captured(tf, function, arguments):
    """What a program answers as a `tf.function`."""
    return tf.function(functools.partial(function, tf))(*(tensor(tf, x) for x in arguments))


def plain(tf, function, arguments):
    """What a program answers in Python, on eager tensors."""
    return function(tf, *(tensor(tf, x) for x in arguments))
