"""RE2's regular expressions (github.com/google/re2, "Syntax") read into a tree.

Nodes are tuples that begin with their kind:

    ("set", ranges)                       one character of a set
    ("byte",)                             \\C: one byte
    ("cat", nodes) ("alt", nodes)
    ("repeat", node, low, high, greedy)   high None: any number
    ("group", node, number)
    ("at", what)                          start, end, line_start, line_end, boundary, no_boundary
"""

from dataclasses import dataclass

from tapeflow.core.base import regex_charset as charset

MAX_REPEAT = 1000
MAX_DEPTH = 200
EMPTY = ("cat", ())
_CONTROLS = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_PLACES = {"A": "start", "z": "end", "b": "boundary", "B": "no_boundary"}


class RegexError(ValueError):
    """What is wrong with a pattern, in RE2's words."""


@dataclass(slots=True)
class _Flags:
    ignore_case: bool = False
    multi_line: bool = False
    dot_all: bool = False
    ungreedy: bool = False

    def copy(self):
        return _Flags(self.ignore_case, self.multi_line, self.dot_all, self.ungreedy)


_FLAG_NAMES = {"i": "ignore_case", "m": "multi_line", "s": "dot_all", "U": "ungreedy"}


class _Level:
    """What is open at one depth of parentheses: branches before, and the branch being read."""

    __slots__ = ("branch", "branches", "flags", "number", "start")

    def __init__(self, number, flags, start):
        self.branches, self.branch = [], []
        self.number, self.flags, self.start = number, flags, start


class Parser:
    """Reads one pattern: `Parser(text).read()` gives the tree; `groups` counts its groups."""

    def __init__(self, text):
        self.text, self.place = text, 0
        self.groups = 0
        self.flags = _Flags()
        self.levels = [_Level(None, None, 0)]
        self.last_repeat = None  # where the repetition just read began

    def read(self):
        """The tree of the whole pattern."""
        text, size = self.text, len(self.text)
        while self.place < size:
            start, c = self.place, text[self.place]
            repeat = None
            if c == "(":
                self._open()
            elif c == ")":
                self._close()
            elif c == "|":
                self.place += 1
                self._next_branch()
            elif c in "*+?":
                repeat = self._repetition({"*": (0, None), "+": (1, None), "?": (0, 1)}[c], 1)
            elif c == "{" and (bounds := self._bounds()) is not None:
                repeat = self._repetition(*bounds)
            else:
                self._add(self._atom(c))
            self.last_repeat = (start if self.last_repeat is None else self.last_repeat) if repeat else None
        if len(self.levels) > 1:
            raise RegexError(f"missing ): {text}")
        return self._whole(self.levels[0])

    # -- structure -----------------------------------------------------------------------------------

    def _add(self, node):
        self.levels[-1].branch.append(node)

    def _next_branch(self):
        level = self.levels[-1]
        level.branches.append(_cat(level.branch))
        level.branch = []

    def _whole(self, level):
        if not level.branches:
            return _cat(level.branch)
        return ("alt", (*level.branches, _cat(level.branch)))

    def _open(self):
        text, start = self.text, self.place
        number = None
        flags = self.flags
        if text.startswith("(?", start):
            if text.startswith("(?P<", start):
                self._name(start)
                number = self.groups = self.groups + 1
            else:
                flags = self._flags_of(start)
                if flags is None:
                    return
        else:
            self.place += 1
            number = self.groups = self.groups + 1
        self.levels.append(_Level(number, self.flags, start))
        self.flags = flags.copy()
        if len(self.levels) > MAX_DEPTH:
            raise RegexError("expression nests too deeply")

    def _name(self, start):
        end = self.text.find(">", start)
        name = self.text[start + 4 : end]
        if end < 0:
            raise RegexError(f"invalid named capture group: {self.text[start:]}")
        if not name or not all(c == "_" or c.isalnum() for c in name):
            raise RegexError(f"invalid named capture group: {self.text[start : end + 1]}")
        self.place = end + 1

    def _flags_of(self, start):
        """The flags of `(?flags:`, or None after `(?flags)`, which changes those in force."""
        text, place = self.text, start + 2
        flags, negated, changed = self.flags.copy(), False, False
        while place < len(text):
            c = text[place]
            place += 1
            if c in _FLAG_NAMES:
                setattr(flags, _FLAG_NAMES[c], not negated)
                changed = True
            elif c == "-" and not negated:
                negated, changed = True, False
            elif c in ":)" and not (negated and not changed):
                self.place = place
                if c == ":":
                    return flags
                self.flags = flags
                return None
            else:
                break
        raise RegexError(f"invalid perl operator: {text[start:place]}")

    def _close(self):
        if len(self.levels) == 1:
            raise RegexError(f"unexpected ): {self.text}")
        level = self.levels.pop()
        self.place += 1
        self.flags = level.flags
        node = self._whole(level)
        self._add(node if level.number is None else ("group", node, level.number))

    # -- repetition ----------------------------------------------------------------------------------

    def _bounds(self):
        """((low, high), length) of `{n}`, `{n,}` or `{n,m}` here; None if it is only a brace."""
        end = self.text.find("}", self.place)
        low, comma, high = self.text[self.place + 1 : max(end, 0)].partition(",")
        if end < 0 or not _is_number(low) or (high and not _is_number(high)):
            return None
        low = int(low[:6])
        high = (int(high[:6]) if high else None) if comma else low
        return (low, high), end + 1 - self.place

    def _repetition(self, bounds, length):
        text, start, (low, high) = self.text, self.place, bounds
        end = start + length
        greedy = not self.flags.ungreedy
        if text.startswith("?", end):
            greedy = not greedy
            end += 1
        operator = text[start:end]
        if self.last_repeat is not None:
            raise RegexError(f"bad repetition operator: {text[self.last_repeat : end]}")
        sized = text[start] == "{"
        if sized and (low > MAX_REPEAT or (high is not None and (high > MAX_REPEAT or low > high))):
            raise RegexError(f"invalid repetition size: {text[start : start + length]}")
        branch = self.levels[-1].branch
        if not branch:
            raise RegexError(f"no argument for repetition operator: {operator}")
        if sized and max(low, high or 0) * _copies(branch[-1]) > MAX_REPEAT:
            raise RegexError(f"invalid repetition size: {text[start : start + length]}")
        branch[-1] = ("repeat", branch[-1], low, high, greedy)
        self.place = end
        return True

    # -- single characters ---------------------------------------------------------------------------

    def _atom(self, c):
        self.place += 1
        if c == ".":
            return ("set", charset.negated(() if self.flags.dot_all else ((10, 10),)))
        if c == "^":
            return ("at", "line_start" if self.flags.multi_line else "start")
        if c == "$":
            return ("at", "line_end" if self.flags.multi_line else "end")
        if c == "[":
            return ("set", self._class())
        if c == "\\":
            return self._escape()
        return self._literal(ord(c))

    def _literal(self, code):
        ranges = ((code, code),)
        return ("set", charset.folded(ranges) if self.flags.ignore_case else ranges)

    def _escape(self):
        text = self.text
        if self.place >= len(text):
            raise RegexError("trailing \\")
        c = text[self.place]
        if c in _PLACES:
            self.place += 1
            return ("at", _PLACES[c])
        if c == "C":
            self.place += 1
            return ("byte",)
        if c == "Q":
            end = text.find("\\E", self.place + 1)
            quoted = text[self.place + 1 : end if end >= 0 else len(text)]
            self.place = end + 2 if end >= 0 else len(text)
            for one in quoted[:-1]:
                self._add(self._literal(ord(one)))
            return self._literal(ord(quoted[-1])) if quoted else EMPTY
        group = self._group()
        return ("set", group) if group is not None else self._literal(self._code())

    def _group(self):
        """The set of `\\d`, `\\pL` and their like after a backslash; None if there is none."""
        text, c = self.text, self.text[self.place]
        if c.lower() in charset.PERL:
            self.place += 1
            found = charset.PERL[c.lower()]
            return self._cased(found, c.isupper())
        if c not in "pP":
            return None
        start = self.place - 1
        name = text[self.place + 1 : self.place + 2]
        end = self.place + 2
        if name == "{":
            close = text.find("}", self.place)
            if close < 0:
                raise RegexError(f"invalid character class range: {text[start:]}")
            name, end = text[self.place + 2 : close], close + 1
        negate = (c == "P") != name.startswith("^")
        found = charset.unicode_group(name.removeprefix("^"))
        if found is None:
            raise RegexError(f"invalid character class range: {text[start:end]}")
        self.place = end
        return self._cased(found, negate)

    def _cased(self, ranges, negate):
        ranges = charset.folded(ranges) if self.flags.ignore_case else ranges
        return charset.negated(ranges) if negate else ranges

    def _code(self):
        """The code point of an escape after the backslash."""
        text, start = self.text, self.place - 1
        if self.place >= len(text):
            raise RegexError("trailing \\")
        c = text[self.place]
        self.place += 1
        if c in _CONTROLS:
            return _CONTROLS[c]
        if c in "01234567":
            digits = c
            while len(digits) < 3 and text[self.place : self.place + 1] in tuple("01234567"):
                digits += text[self.place]
                self.place += 1
            if c != "0" and len(digits) == 1:
                raise RegexError(f"invalid escape sequence: {text[start : self.place]}")
            return int(digits, 8)
        if c == "x":
            return self._hex(start)
        if ord(c) < 0x80 and not c.isalnum():
            return ord(c)
        raise RegexError(f"invalid escape sequence: {text[start : self.place]}")

    def _hex(self, start):
        text = self.text
        if text.startswith("{", self.place):
            place, code = self.place + 1, 0
            while place < len(text) and _is_hex(text[place]):
                code = code * 16 + int(text[place], 16)
                place += 1
                if code > charset.LAST:
                    raise RegexError(f"invalid escape sequence: {text[start:place]}")
            if place >= len(text) or text[place] != "}" or place == self.place + 1:
                raise RegexError(f"invalid escape sequence: {text[start : place + 1]}")
            self.place = place + 1
            return code
        digits = text[self.place : self.place + 2]
        if len(digits) < 2 or not all(map(_is_hex, digits)):
            raise RegexError(f"invalid escape sequence: {text[start : self.place + len(digits)]}")
        self.place += 2
        return int(digits, 16)

    # -- classes -------------------------------------------------------------------------------------

    def _class(self):
        """The set of `[...]`, its bracket read already."""
        text, start = self.text, self.place - 1
        negate = text.startswith("^", self.place)
        self.place += negate
        ranges, first = [], True
        while self.place < len(text) and (first or text[self.place] != "]"):
            first = False
            found = self._named_class() if text.startswith("[:", self.place) else None
            if found is None and text[self.place] == "\\" and self.place + 1 < len(text):
                self.place += 1
                found = self._group()
                self.place -= found is None
            ranges += self._range() if found is None else found
        if self.place >= len(text):
            raise RegexError(f"missing ]: {text[start:]}")
        self.place += 1
        found = charset.union(ranges)
        return charset.negated(found) if negate else found

    def _named_class(self):
        end = self.text.find(":]", self.place + 2)
        if end < 0:
            return None
        name = self.text[self.place + 2 : end]
        found = charset.POSIX.get(name.removeprefix("^"))
        if found is None:
            raise RegexError(f"invalid character class range: {self.text[self.place : end + 2]}")
        self.place = end + 2
        return self._cased(found, name.startswith("^"))

    def _range(self):
        text, start = self.text, self.place
        low = high = self._class_code()
        if text.startswith("-", self.place) and text[self.place + 1 : self.place + 2] not in ("]", ""):
            self.place += 1
            high = self._class_code()
            if high < low:
                raise RegexError(f"invalid character class range: {text[start : self.place]}")
        ranges = ((low, high),)
        return charset.folded(ranges) if self.flags.ignore_case else ranges

    def _class_code(self):
        if self.place >= len(self.text):
            raise RegexError(f"missing ]: {self.text}")
        c = self.text[self.place]
        self.place += 1
        return self._code() if c == "\\" else ord(c)


def _cat(nodes):
    return nodes[0] if len(nodes) == 1 else ("cat", tuple(nodes))


def _is_number(text):
    return text.isascii() and text.isdigit()


def _is_hex(c):
    return c in "0123456789abcdefABCDEF"


def _copies(node):
    """How often the innermost of nested counted repetitions is written out at most."""
    kind = node[0]
    if kind in ("cat", "alt"):
        return max(map(_copies, node[1]), default=1)
    if kind == "group":
        return _copies(node[1])
    if kind == "repeat":
        return max(1, node[2] if node[3] is None else node[3]) * _copies(node[1])
    return 1
