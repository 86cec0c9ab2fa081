"""What a parity case is, and how a family collects its cases."""

import ast
import importlib
import pkgutil
import sys
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

    def unsaid(self, message: str) -> list[str]:
        """The words that the message lacks; spaces and capitals do not count, "[2,3]" is "[2, 3]"."""
        plain = "".join(message.split()).lower()
        return [word for word in self.says if "".join(word.split()).lower() not in plain]


class Family:
    """The cases of one file. Called with name and function it adds one; with a name only, it decorates."""

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

    def table(self, text):
        """Cases as rows of text: `name: expression in tf`, at the end `# raises: word, word` or `# raises`.

        The expression sees what the calling module sees; a traceback shows its row.
        """
        caller = sys._getframe(1)
        for line, row in enumerate(map(str.strip, text.splitlines()), caller.f_lineno):
            if row and not row.startswith("#"):
                name, _, rest = row.partition(": ")
                expression, _, note = rest.partition("  # ")
                tree = ast.increment_lineno(ast.parse(f"lambda tf: {expression}", mode="eval"), line - 1)
                function = eval(compile(tree, caller.f_code.co_filename, "eval"), caller.f_globals)
                self._row(name, function, note.strip())

    def _row(self, name, function, note):
        kind, _, words = note.partition(":")
        if kind == "raises":
            self.raises(name, function, says=[word.strip() for word in words.split(", ") if word.strip()])
        elif kind == "loose":
            self(name, function, loose=float(words))
        elif kind in ("", "signed zeros"):
            self(name, function, signed_zeros=bool(kind))
        else:
            raise ValueError(f"{self.name}/{name}: `# {note}` means nothing here")

    def _add(self, outcome, name, function, args, options):
        if function is None:
            return lambda decorated: self._add(outcome, name, decorated, args, options)
        full = f"{self.name}/{name}"
        if full in self.cases:
            raise ValueError(f"two cases are named {full}")
        self.cases[full] = Case(full, function, args, outcome, **options)
        return function


def families(names=()) -> dict[str, Family]:
    """The families named, or every family in `cases/`, by name."""
    package = importlib.import_module("tests.parity.cases")
    names = names or sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"tests.parity.cases.{name}").case for name in names}


def attribute(tf, path: str):
    """`attribute(tf, "math.abs")` is `tf.math.abs`."""
    for part in path.split("."):
        tf = getattr(tf, part)
    return tf
