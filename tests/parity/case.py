"""What a parity case is, and how a family collects its cases."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

RETURNS, RAISES, EITHER = "returns", "raises", "either"


@dataclass(frozen=True, slots=True)
class Case:
    """A function of `tf` (and fixed arguments) whose outcome is recorded."""

    name: str
    function: Callable
    args: tuple
    outcome: str
    says: tuple[str, ...] = ()
    loose: float = 1.0
    signed_zeros: bool = False


class Family:
    """The cases of one file, by name. Called with a name and a function it adds one; without, it decorates."""

    def __init__(self, module: str):
        self.name = module.rpartition(".")[2]
        self.cases: dict[str, Case] = {}

    def __call__(self, name, function=None, *args, **options):
        """A case that returns a value. `loose` widens the tolerance, `signed_zeros` tells -0.0 from 0.0."""
        return self._add(RETURNS, name, function, args, options)

    def raises(self, name, function=None, *args, says=(), **options):
        """A case that ends in an error whose message contains the words of `says`."""
        return self._add(RAISES, name, function, args, {"says": tuple(says), **options})

    def either(self, name, function=None, *args, **options):
        """A case of a sweep over inputs some of which are refused: value or error, as TensorFlow has it."""
        return self._add(EITHER, name, function, args, options)

    def _add(self, outcome, name, function, args, options):
        if function is None:
            return lambda decorated: self._add(outcome, name, decorated, args, options)
        full = f"{self.name}/{name}"
        if full in self.cases:
            raise ValueError(f"two cases are named {full}")
        self.cases[full] = Case(full, function, args, outcome, **options)
        return function


def families() -> dict[str, Family]:
    """Every family in `cases/`, by name."""
    package = importlib.import_module("tests.parity.cases")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"tests.parity.cases.{name}") for name in names)
    return {module.case.name: module.case for module in modules if hasattr(module, "case")}


def attribute(tf, path: str):
    """`attribute(tf, "math.abs")` is `tf.math.abs`."""
    for part in path.split("."):
        tf = getattr(tf, part)
    return tf
