"""Whether two structures nest in the same way, and where they do not."""

from dataclasses import dataclass
from typing import Any

from tapeflow.core.base.nest_kinds import COMPOSITE, Kinds


@dataclass(slots=True, frozen=True)
class Comparison:
    """What `assert_same_structure` compares, and how."""

    check_types: bool
    table: Kinds
    first: Any
    second: Any

    def compare(self, a, b, path):
        kind_a, kind_b = self.table[type(a)], self.table[type(b)]
        if kind_a is None and kind_b is None:
            return
        if kind_a is None or kind_b is None:
            nested, single = (a, b) if kind_b is None else (b, a)
            raise self._error(
                ValueError, path, f"{_typed(nested)} is a sequence, while {_typed(single)} is not"
            )
        if kind_a is COMPOSITE or kind_b is COMPOSITE:
            self._compare_composites(a, b, kind_a, kind_b, path)
            return
        if self.check_types:
            if kind_a.word != kind_b.word:
                raise self._error(TypeError, path, f"the types differ: {_typed(a)} and {_typed(b)}")
            if kind_a.word == "mapping" and set(a) != set(b):
                raise self._error(ValueError, path, f"the keys differ: {list(a)} and {list(b)}")
        items_a, items_b = list(kind_a.children(a)), list(kind_b.children(b))
        if len(items_a) != len(items_b):
            numbers = f"{len(items_a)} in {_typed(a)}, {len(items_b)} in {_typed(b)}"
            raise self._error(ValueError, path, f"the number of elements differs: {numbers}")
        for key, item_a, item_b in zip(kind_a.keys(a), items_a, items_b, strict=True):
            self.compare(item_a, item_b, (*path, key))

    def _compare_composites(self, a, b, kind_a, kind_b, path):
        if kind_a is not kind_b:
            raise self._error(TypeError, path, f"the types differ: {_typed(a)} and {_typed(b)}")
        spec_a, spec_b = getattr(a, "_type_spec", a), getattr(b, "_type_spec", b)
        if spec_a.most_specific_common_supertype([spec_b]) is None:
            raise self._error(ValueError, path, f"the specs are incompatible: {spec_a!r} and {spec_b!r}")

    def _error(self, cls, path, difference):
        place = "".join(f"[{key!r}]" for key in path)
        return cls(
            f"The two structures don't have the same nested structure{f' at {place}' if place else ''}: "
            f"{difference}\n"
            f"  first:  {outline(self.first, self.table)}\n  second: {outline(self.second, self.table)}"
        )


def _typed(value):
    text = str(value)
    return f"{type(value).__name__} {text if len(text) <= 80 else text[:77] + '…'}"


def outline(structure: Any, table: Kinds) -> str:
    """The structure as text, a dot for each leaf."""
    kind = table[type(structure)]
    if kind is None or kind is COMPOSITE:
        return "."
    items = [outline(item, table) for item in kind.children(structure)]
    if kind.word == "mapping":
        pairs = zip(kind.keys(structure), items, strict=True)
        return "{" + ", ".join(f"{key!r}: {item}" for key, item in pairs) + "}"
    if kind.word == "list":
        return f"[{', '.join(items)}]"
    if kind.word == "tuple":
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    named = (f"{key}={item}" for key, item in zip(kind.keys(structure), items, strict=True))
    return f"{type(structure).__name__}({', '.join(named)})"
