"""Sets of characters as sorted ranges of code points, and the named sets of RE2's syntax."""

import unicodedata
from functools import cache

from tapeflow.core.base.unicode_scripts import ranges_of

LAST = 0x10FFFF
_SURROGATES = (0xD800, 0xDFFF)

DIGIT = ((0x30, 0x39),)
SPACE = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
WORD = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
PERL = {"d": DIGIT, "s": SPACE, "w": WORD}
POSIX = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": WORD,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}


def union(ranges):
    """The ranges, sorted and merged."""
    result = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            if high > result[-1][1]:
                result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return tuple(result)


def negated(ranges):
    """All other code points."""
    result, start = [], 0
    for low, high in union(ranges):
        if low > start:
            result.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        result.append((start, LAST))
    return tuple(result)


def without(ranges, low, high):
    """The ranges without those of [low, high]."""
    result = []
    for a, b in ranges:
        if b < low or a > high:
            result.append((a, b))
            continue
        if a < low:
            result.append((a, low - 1))
        if b > high:
            result.append((high + 1, b))
    return tuple(result)


def up_to(ranges, last):
    """The part of the ranges up to `last`."""
    return tuple((a, min(b, last)) for a, b in ranges if a <= last)


def of_text(ranges):
    """The part that text can hold: no surrogates."""
    return without(ranges, *_SURROGATES)


def meet(a, b):
    """Whether two sets have a character in common."""
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i][1] < b[j][0]:
            i += 1
        elif b[j][1] < a[i][0]:
            j += 1
        else:
            return True
    return False


@cache
def _categories():
    """General category -> its ranges."""
    found, start, previous = {}, 0, unicodedata.category("\0")
    for code in range(1, LAST + 2):
        category = unicodedata.category(chr(code)) if code <= LAST else None
        if category != previous:
            found.setdefault(previous, []).append((start, code - 1))
            start, previous = code, category
    return found


@cache
def unicode_group(name):
    """The set of a general category ("L", "Lu"), a script ("Greek") or "Any"; None if there is none."""
    if name == "Any":
        return ((0, LAST),)
    if len(name) <= 2:
        parts = [ranges for category, ranges in _categories().items() if category.startswith(name) and name]
        return union(r for ranges in parts for r in ranges) if parts and name not in ("Cn", "C_") else None
    found = ranges_of(name)
    return None if found is None else tuple(found)


_ASCII_FOLDS = {0x4B: (0x6B, 0x212A), 0x6B: (0x4B, 0x212A), 0x53: (0x73, 0x17F), 0x73: (0x53, 0x17F)}


@cache
def _orbits():
    """Code point -> all code points that differ from it by case only."""
    groups = {}
    for low, high in (*_categories()["Lu"], *_categories()["Ll"], *_categories()["Lt"], *_categories()["Nl"],
                      *_categories()["So"], *_categories()["Mn"]):  # fmt: skip
        for code in range(low, high + 1):
            c = chr(code)
            forms = {form for form in (c, c.lower(), c.upper(), c.upper().lower(), c.title()) if len(form) == 1}
            if len(forms) > 1:
                whole = set(forms).union(*(groups.get(form, ()) for form in forms))
                for form in whole:
                    groups[form] = whole
    return {ord(c): tuple(ord(form) for form in whole) for c, whole in groups.items()}


def folded(ranges):
    """The set with every character's other cases."""
    extra = []
    ascii_only = all(high < 0x80 for _, high in ranges)
    for low, high in ranges:
        if ascii_only:
            for code in range(low, high + 1):
                if 0x41 <= code <= 0x5A or 0x61 <= code <= 0x7A:
                    extra += [(other, other) for other in _ASCII_FOLDS.get(code, (code ^ 0x20,))]
        else:
            orbits = _orbits()
            codes = range(low, high + 1) if high - low < len(orbits) else (c for c in orbits if low <= c <= high)
            extra += [(other, other) for code in codes for other in orbits.get(code, ())]
    return union([*ranges, *extra])
