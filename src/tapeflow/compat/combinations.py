"""`tf.__internal__.test.combinations`: one test, run once for each combination of its arguments.

Front ends' tests are written with it: `combine` and `times` list the combinations, `generate` makes a test of each.
absl is imported where tests are made of it: whoever generates tests derives them from its `parameterized.TestCase`.
"""

import functools
import inspect
import itertools
import re
import types
from collections import OrderedDict
from contextlib import ExitStack

from tapeflow.compat.eager_context import eager_mode


class TestCombination:
    """Decides whether a combination is run, with which arguments, and in which contexts; made to be derived from."""

    __test__ = False

    def should_execute_combination(self, kwargs):
        """Returns `(True, None)`, or `(False, why the test is to be skipped)`."""
        return True, None

    def parameter_modifiers(self):
        """Returns a list of `ParameterModifier`s."""
        return []

    def context_managers(self, kwargs):
        """Returns a list of contexts to run the test in."""
        return []


class ParameterModifier:
    """Changes arguments before a test gets them; made to be derived from.

    Args:
        parameter_name: The argument it is about, if it is one.
    """

    DO_NOT_PASS_TO_THE_TEST = object()

    def __init__(self, parameter_name=None):
        self._parameter_name = parameter_name

    def modified_arguments(self, kwargs, requested_parameters):
        """Returns the arguments to replace, as a dict; `DO_NOT_PASS_TO_THE_TEST` takes one out.

        Args:
            kwargs: The combination.
            requested_parameters: The names that the test's signature has.
        """
        return {}

    # One of several equal ones is used, whichever combination brought it.
    def __eq__(self, other):
        return type(self) is type(other) and self._parameter_name == other._parameter_name

    def __hash__(self):
        return hash((type(self), self._parameter_name))


class OptionalParameter(ParameterModifier):
    """Keeps an argument from tests that do not ask for it."""

    def modified_arguments(self, kwargs, requested_parameters):
        """Returns what takes the argument out, unless the test asks for it."""
        if self._parameter_name in requested_parameters:
            return {}
        return {self._parameter_name: self.DO_NOT_PASS_TO_THE_TEST}


class NamedObject:
    """An object that has a name in the names of tests.

    Args:
        name: The name.
        obj: The object, whose attributes and call this one has.
    """

    def __init__(self, name, obj):
        self._name, self._obj = name, obj

    def __getattr__(self, name):
        return getattr(self._obj, name)

    def __call__(self, *args, **kwargs):
        return self._obj(*args, **kwargs)

    def __iter__(self):
        return iter(self._obj)

    def __repr__(self):
        return self._name


class ModeCombination(TestCombination):
    """Runs tests of the mode `"eager"`; those of `"graph"` are skipped, for want of sessions."""

    def should_execute_combination(self, kwargs):
        """Says no to graphs of version 1."""
        if kwargs.get("mode") == "graph":
            return False, "graphs of TensorFlow 1 are not part of TapeFlow"
        return True, None

    def context_managers(self, kwargs):
        """Returns the eager mode where it is asked for.

        Raises:
            ValueError: The mode is neither.
        """
        mode = kwargs.get("mode")
        if mode not in (None, "eager"):
            raise ValueError(f"Argument 'mode' must be either 'eager' or 'graph'. Received: {mode}.")
        return [] if mode is None else [eager_mode()]

    def parameter_modifiers(self):
        """Returns what keeps `mode` from tests that do not ask for it."""
        return [OptionalParameter("mode")]


class VersionCombination(TestCombination):
    """Skips tests of TensorFlow 1."""

    def should_execute_combination(self, kwargs):
        """Says no to version 1."""
        if kwargs.get("tf_api_version") == 1:
            return False, "Skipping a TF1.x test when TF2 is enabled."
        return True, None

    def parameter_modifiers(self):
        """Returns what keeps `tf_api_version` from tests that do not ask for it."""
        return [OptionalParameter("tf_api_version")]


def combine(**kwargs):
    """Returns every combination of the arguments' values, as a list of dicts.

    Args:
        **kwargs: For each argument a list of values, or the only one.

    >>> [dict(c) for c in combine(a=[1, 2], b=3)]
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}]
    """
    names = sorted(kwargs)
    values = [kwargs[name] if isinstance(kwargs[name], list) else [kwargs[name]] for name in names]
    return [OrderedDict(zip(names, chosen, strict=True)) for chosen in itertools.product(*values)]


def times(*combined):
    """Returns every combination of one of each list.

    Args:
        *combined: What `combine` returned.

    Raises:
        ValueError: Two of them have an argument in common.
    """
    return [_joined(chosen) for chosen in itertools.product(*combined)]


def _joined(parts):
    result = OrderedDict()
    for part in parts:
        if result.keys() & part.keys():
            raise ValueError(f"Keys need to not overlap: {result.keys()} vs {part.keys()}")
        result.update(part)
    return result


def generate_with(combinations, test_combinations=()):
    """Returns a decorator of a test, or of a class of tests, that makes one test of each combination.

    Args:
        combinations: What `combine` and `times` returned.
        test_combinations: `TestCombination`s.
    """
    named = [OrderedDict(c, testcase_name=f"_test{_suffix(c)}") for c in combinations]

    def decorate(target):
        if isinstance(target, type):
            return _spread(target, named, test_combinations)
        from absl.testing import parameterized  # lazy: only tests need it

        return parameterized.named_parameters(*named)(_customized(target, test_combinations))

    return decorate


def _suffix(combination):
    """The part of a test's name that says its arguments; addresses in them are replaced by the argument's place."""
    pairs = [(key, re.sub("0[xX][0-9a-fA-F]+", str(i), str(v))) for i, (key, v) in enumerate(combination.items())]
    return "".join(
        f"_{''.join(filter(str.isalnum, key))}_{''.join(filter(str.isalnum, value))}" for key, value in pairs
    )


def _spread(cls, named, test_combinations):
    """Replaces a class's tests by one for each combination."""
    for name, method in list(vars(cls).items()):
        if name.startswith("test") and isinstance(method, types.FunctionType):
            delattr(cls, name)
            customized = _customized(method, test_combinations)
            for combination in named:
                arguments = {key: value for key, value in combination.items() if key != "testcase_name"}
                setattr(cls, name + combination["testcase_name"], functools.partialmethod(customized, **arguments))
    return cls


def _customized(method, test_combinations):
    """A test that skips, changes its arguments and enters contexts as its combinations say."""

    @functools.wraps(method)
    def run(self, **kwargs):
        answers = [c.should_execute_combination(dict(kwargs)) for c in test_combinations]
        reasons = [f" - {reason}" for runs, reason in answers if not runs]
        if reasons:
            self.skipTest("\n".join(reasons))
        with ExitStack() as stack:
            for combination in test_combinations:
                for manager in combination.context_managers(dict(kwargs)):
                    stack.enter_context(manager)
            method(self, **_arguments(method, kwargs, test_combinations))

    del run.__wrapped__  # its signature is `run`'s own, not the test's: pytest would ask for fixtures of those names
    return run


def _arguments(method, kwargs, test_combinations):
    """What a test is called with."""
    asked = set(inspect.getfullargspec(method).args) - {"self"}  # of this function, not of one that it wraps
    passed = dict(kwargs)
    for modifier in {m for c in test_combinations for m in c.parameter_modifiers()}:
        passed.update(modifier.modified_arguments(dict(kwargs), asked))
    passed = {k: v for k, v in passed.items() if v is not ParameterModifier.DO_NOT_PASS_TO_THE_TEST}
    if asked - passed.keys():
        raise ValueError(f"The test requires parameters whose arguments were not passed: {asked - passed.keys()} .")
    if passed.keys() - asked:
        raise ValueError(f"The test does not take parameters that were passed: {passed.keys() - asked} .")
    return passed


# Front ends read `generate.keywords`, to add to its combinations.
generate = functools.partial(generate_with, test_combinations=(ModeCombination(), VersionCombination()))
