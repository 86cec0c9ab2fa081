"""What a file holds, whatever its kind, and that as lines of text."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_OPS_SHOWN, _LISTED = 40, 300


@dataclass(slots=True)
class Signature:
    """What a function takes and gives: a line for each tensor."""

    inputs: list[str]
    outputs: list[str]


@dataclass(slots=True)
class Stored:
    """An array that a file holds.

    Attributes:
        name: Its name there.
        dtype: The name of the dtype.
        shape: The sizes, None for open ones; None if even their number is open.
        read: Gives the array; None if the file has no value for it.
        note: What else is to be said.
        is_trainable: Whether training changes it; None if the file does not say.
    """

    name: str
    dtype: str
    shape: tuple | None
    read: Callable | None = None
    note: str = ""
    is_trainable: bool | None = None

    @property
    def count(self):
        """The number of elements, 0 if it is open."""
        total = 1
        for n in (None,) if self.shape is None else self.shape:
            total *= 0 if n is None else n
        return total

    def __str__(self):
        sizes = "of any shape" if self.shape is None else list(self.shape)
        return f"{self.name}: {self.dtype} {str(sizes).replace('None', '?')}{self.note and f' ({self.note})'}"


@dataclass(slots=True)
class Description:
    """What a file or a directory holds.

    Attributes:
        kind: `"SavedModel"`, `"checkpoint"`...
        path: Where it is.
        facts: What is said right behind the path, and in lines below.
        signatures: Name -> `Signature`; None where the kind has none.
        variables: A list of `Stored`; None where the kind has none.
        word: What `variables` are called.
        ops: How often each op is there; None where the kind has none.
        work: Name of a signature -> floating-point operations of one call, or why they are not known.
        sections: Pairs of a heading and lines.
        pictures: Function without arguments that gives name -> `Picture`; None where there is nothing to draw.
    """

    kind: str
    path: str
    facts: list[str] = field(default_factory=list)
    signatures: dict[str, Signature] | None = None
    variables: list[Stored] | None = None
    word: str = "variables"
    ops: Counter | None = None
    work: dict[str, float | str] = field(default_factory=dict)
    sections: list[tuple[str, list[str]]] = field(default_factory=list)
    pictures: Callable | None = None


def size_text(count):
    """A number of bytes for people."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return ""


def count_text(number):
    """A large number for people: 3, 12.5 k, 1.2 M."""
    for unit in ("", " k", " M", " G", " T"):
        if abs(number) < 1000 or unit == " T":
            return f"{number:.3g}{unit}"
        number /= 1000
    return ""


def lines_of(description, everything=False):
    """The description as lines of text.

    Args:
        description: A `Description`.
        everything: Whether long lists are printed to their end.
    """
    first = description.facts[0] if description.facts else ""
    facts = description.facts[1:]
    lines = [f"{description.kind} {description.path}{first and f', {first}'}", *(f"  {one}" for one in facts)]
    if description.signatures is not None:
        lines += _signature_lines(description)
    if description.variables is not None:
        lines += _variable_lines(description, everything)
    if description.ops is not None:
        lines += _op_lines(description.ops)
    for heading, rows in description.sections:
        lines.append(f"  {heading}:")
        lines += [f"    {row}" for row in _cut(rows, everything)]
    return lines


def _cut(rows, everything):
    if everything or len(rows) <= _LISTED:
        return rows
    return [*rows[:_LISTED], f"and {len(rows) - _LISTED} more: --all shows them"]


def _signature_lines(description):
    lines = ["  signatures:" if description.signatures else "  signatures: none"]
    for key, one in sorted(description.signatures.items()):
        lines.append(f"    {key}({', '.join(one.inputs)})")
        lines += [f"      -> {output}" for output in one.outputs]
        if key in description.work:
            work = description.work[key]
            lines.append(f"      FLOPs: {work}" if isinstance(work, str) else f"      FLOPs: {count_text(work)} "
                         "for open sizes of 1")  # fmt: skip
    return lines


def totals(variables):
    """How many arrays, numbers and trainable numbers there are, as text."""
    text = f"{len(variables)}, {sum(v.count for v in variables):,} numbers"
    trained = [v for v in variables if v.is_trainable is not None]
    return f"{text}, {sum(v.count for v in trained if v.is_trainable):,} of them trainable" if trained else text


def _variable_lines(description, everything):
    variables = description.variables
    if not variables:
        return [f"  {description.word}: none"]
    rows = [f"    {v}{' (not trainable)' if v.is_trainable is False else ''}" for v in variables]
    cut = _cut(rows, everything)
    cut = cut if cut is rows else [*cut[:-1], f"    {cut[-1]}"]
    return [f"  {description.word}: {totals(variables)}", *cut]


def _op_lines(counts):
    lines = [f"  ops: {counts.total()} of {len(counts)} kinds"]
    shown = [f"{op} {count}" for op, count in counts.most_common(_OPS_SHOWN)]
    for start in range(0, len(shown), 8):
        lines.append("    " + ", ".join(shown[start : start + 8]))
    if len(counts) > _OPS_SHOWN:
        lines.append(f"    and {len(counts) - _OPS_SHOWN} kinds more")
    return lines
