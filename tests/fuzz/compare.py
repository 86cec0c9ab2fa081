"""Holds what two programs gave for the same malformed inputs together: `compare.py expected.txt got.txt`.

A case that TensorFlow takes and TapeFlow refuses, or the other way round, and values that differ, are told, by number.
Which class of error it is does not count. Pictures of lossy formats may differ by some steps of brightness.
"""

import json
import sys
from collections import Counter

import numpy as np

_BRIGHTNESS = 4.0


def read(path):
    """Number of a case -> what it gave."""
    with open(path, encoding="utf-8") as file:
        return {one["n"]: one for one in map(json.loads, file)}


def difference(want, got):
    """A word for how the two differ; None if they do not."""
    if "error" in want or "error" in got:
        if ("error" in want) == ("error" in got):
            return None
        return f"refused ({got['error']})" if "error" in got else f"taken (TensorFlow: {want['error']})"
    if [x[:2] for x in want["leaves"]] != [x[:2] for x in got["leaves"]]:
        return "other shapes or dtypes"
    for (dtype, _, a), (_, _, b) in zip(want["leaves"], got["leaves"], strict=True):
        if a == b:
            continue
        if dtype == "string":
            return "other strings"
        scale = {"uint8": 1, "uint16": 257, "float32": 1 / 255}.get(dtype, 1)
        if not np.allclose(a, b, rtol=1e-5, atol=_BRIGHTNESS * scale if dtype[0] in "uf" else 0, equal_nan=True):
            return "other values"
    return None


def main():
    want, got = map(read, sys.argv[1:3])
    found = {n: difference(want[n], got[n]) for n in sorted(want.keys() & got.keys())}
    for n, word in found.items():
        if word:
            sys.stdout.write(f"{n}: {word}\n")
    counts = Counter(word.split(" (")[0] if word else "same" for word in found.values())
    sys.stdout.write(f"{len(found)} cases: {dict(counts.most_common())}\n")


if __name__ == "__main__":
    main()
