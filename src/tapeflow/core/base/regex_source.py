"""Patterns in RE2's syntax, ready to run: as Python's `re` where that is quick, else on the linear-time machine.

`pattern(text)` reads and keeps a pattern. Python's matcher backtracks; its cost on a text of n characters is bounded
here by n times the product of how often loops that may share a character can run, and unbounded if loops nest
ambiguously. A text for
which the bound is too high goes to `google-re2` if that is installed, else to `regex_machine`.
"""

import math
import re
from functools import lru_cache

from tapeflow.core.base import regex_charset as charset
from tapeflow.core.base.regex_machine import Machine
from tapeflow.core.base.regex_syntax import Parser, RegexError

_BUDGET = 2e8  # steps of Python's matcher, about a second
_MACHINE = 100  # such steps take as long as one of the machine's
_SHORT = 20  # of so short a text every loop is soon through
_AT = {
    "start": r"\A", "end": r"\Z", "line_start": r"(?m:^)", "line_end": r"(?m:$)",
    "boundary": r"(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))",
    "no_boundary": r"(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))",
}  # fmt: skip


@lru_cache(512)
def pattern(text):
    """The `Pattern` of bytes in RE2's syntax.

    Raises:
        RegexError: It is malformed.
    """
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        raise RegexError("invalid UTF-8") from None
    parser = Parser(decoded)
    tree = parser.read()
    return Pattern(text, tree, parser.groups)


class Pattern:
    """One pattern. Texts are bytes; characters are UTF-8, and a byte that is no part of any matches `\\C` only.

    Attributes:
        groups: How many groups it has.
    """

    def __init__(self, text, tree, groups):
        self._text, self._tree, self.groups = text, tree, groups
        self.nullable = _nullable(tree)
        self._loops = _loops(tree)
        self._size = _size(tree)
        self._captures_differ = _loops_on_empty(tree)
        self._ascii = self._unicode = self._machine = None

    def _of_ascii(self):
        """The `re` pattern over bytes, right for ASCII texts."""
        if self._ascii is None:
            self._ascii = _compiled(_source(self._tree, 0x7F).encode("latin-1"))
        return self._ascii

    def _of_text(self):
        """The `re` pattern over text in which a stray byte is a surrogate."""
        if self._unicode is None:
            self._unicode = _compiled(_source(self._tree, charset.LAST))
        return self._unicode

    def _is_slow(self, size):
        """Whether Python's matcher may take too long over a text of this size, and longer than the machine."""
        if self._loops is None:
            return size > 1
        if not self._loops or size < _SHORT:
            return False
        steps = size * max(
            math.prod(min(size, most) for other, most in self._loops if charset.meet(one, other))
            for one, _ in self._loops
        )
        return steps > _BUDGET and steps > _MACHINE * size * self._size

    def _linear(self):
        if self._machine is None:
            self._machine = Machine(self._tree, self.groups)
        return self._machine

    # -- whole texts ---------------------------------------------------------------------------------

    def full_match(self, text):
        """Whether the whole text matches."""
        if self._is_slow(len(text)):
            quick = _re2(self._text)
            if quick is not None:
                return quick.fullmatch(text) is not None
            return self._linear().run(text.decode("utf-8", "surrogateescape"), whole=True) is not None
        if text.isascii():
            return self._of_ascii().fullmatch(text) is not None
        return self._of_text().fullmatch(text.decode("utf-8", "surrogateescape")) is not None

    def full_matches(self, strings):
        """Whether each of a list of texts matches, as bools."""
        if not self._is_slow(max(map(len, strings), default=0)) and b"".join(strings).isascii():
            return [found is not None for found in map(self._of_ascii().fullmatch, strings)]
        return list(map(self.full_match, strings))

    # -- replacing -----------------------------------------------------------------------------------

    def replacer(self, rewrite, everywhere):
        """`replace(texts) -> texts` for one rewrite, in which `\\1` stands for a group."""
        parts, whole = _rewrite_parts(rewrite)
        if max((part for part in parts if isinstance(part, int)), default=0) > self.groups:
            return lambda strings: strings
        if not everywhere and not whole:
            return lambda strings: strings
        template = _template(parts)
        numbers = [part for part in parts if isinstance(part, int) and part]
        simple = not self.nullable and not (self._captures_differ and numbers)
        count = 0 if everywhere else 1

        def replace_all(strings):
            if simple and not self._is_slow(max(map(len, strings), default=0)) and b"".join(strings).isascii():
                change, new = self._of_ascii().sub, template[0]
                return [change(new, text, count) for text in strings]
            return list(map(replace, strings))

        def replace(text):
            if simple and not self._is_slow(len(text)):
                if text.isascii():
                    return self._of_ascii().sub(template[0], text, count)
                decoded = text.decode("utf-8", "surrogateescape")
                return self._of_text().sub(template[1], decoded, count).encode("utf-8", "surrogateescape")
            return self._replace(text, parts, numbers, count)

        return replace_all

    def _replace(self, text, parts, numbers, count):
        """Match by match: where an empty match may follow another, RE2 and Python differ."""
        decoded = text.decode("utf-8", "surrogateescape")
        search = self._searcher(len(text), decoded, bool(numbers))
        result, place, last, done = [], 0, -1, 0
        while place <= len(decoded):
            saved = search(place)
            if saved is None:
                break
            start, end = saved[0], saved[1]
            result.append(decoded[place:start])
            if start == end == last:  # no empty match right after another
                result.append(decoded[start : start + 1])
                place = start + 1
                last = -1
                continue
            for part in parts:
                result.append(part if isinstance(part, str) else _group(decoded, saved, part))
            place = last = end
            done += 1
            if done == count:
                break
        result.append(decoded[place:])
        return "".join(result).encode("utf-8", "surrogateescape")

    def _searcher(self, size, decoded, with_groups):
        if self._is_slow(size) or (with_groups and self._captures_differ):
            machine = self._linear()
            return lambda place: machine.run(decoded, place)
        compiled = self._of_text()

        def search(place):
            found = compiled.search(decoded, place)
            if found is None:
                return None
            return [place for i in range(self.groups + 1) for place in found.span(i)]

        return search


def _group(text, saved, number):
    start, end = saved[2 * number : 2 * number + 2]
    return "" if start is None or start < 0 or end is None else text[start:end]


@lru_cache(64)
def _re2(text):
    """The pattern of the package google-re2, if that is installed."""
    try:
        import re2  # lazy: an optional package
    except ImportError:
        return None
    if not hasattr(re2, "Options"):  # another package of that name
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error:
        return None


def _compiled(source):
    try:
        return re.compile(source, re.ASCII if isinstance(source, bytes) else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise RegexError(f"pattern too large - compile failed ({error})") from error


# -- rewrites ------------------------------------------------------------------------------------------


def _rewrite_parts(rewrite):
    """Text and group numbers of a rewrite, and whether it is well-formed: RE2 stops at what is not."""
    text, parts, literal, i = rewrite.decode("utf-8", "surrogateescape"), [], "", 0
    whole = True
    while i < len(text):
        c = text[i]
        if c != "\\":
            literal += c
            i += 1
            continue
        following = text[i + 1 : i + 2]
        if following == "\\":
            literal += "\\"
        elif following and following in "0123456789":
            parts += [literal, int(following)]
            literal = ""
        else:
            whole = False
            break
        i += 2
    return [part for part in (*parts, literal) if part != ""], whole


def _template(parts):
    """The rewrite for `re.sub`, as bytes and as text."""
    text = "".join(part.replace("\\", "\\\\") if isinstance(part, str) else f"\\g<{part}>" for part in parts)
    return text.encode("utf-8", "surrogateescape"), text


# -- the tree as Python's syntax -----------------------------------------------------------------------


def _source(node, last):
    """A node in Python's syntax, for texts whose characters go up to `last`."""
    kind = node[0]
    if kind == "set":
        return _class(node[1], last)
    if kind == "byte":
        return "[\\x00-\\x7f]" if last == 0x7F else "[\\x00-\\U0010ffff]"
    if kind == "at":
        return _AT[node[1]]
    if kind == "cat":
        return "".join(_grouped(one, last) if one[0] == "alt" else _source(one, last) for one in node[1])
    if kind == "alt":
        return "|".join(_source(one, last) for one in node[1])
    if kind == "group":
        return f"({_source(node[1], last)})"
    _, inner, low, high, greedy = node
    counted = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    times = counted.get((low, high)) or (f"{{{low},{'' if high is None else high}}}")
    return f"{_grouped(inner, last)}{times}{'' if greedy else '?'}"


def _grouped(node, last):
    source = _source(node, last)
    return source if node[0] in ("set", "group") else f"(?:{source})"


def _class(ranges, last):
    ranges = charset.up_to(ranges, last) if last == 0x7F else charset.of_text(ranges)
    if not ranges:
        return "(?!)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return re.escape(chr(ranges[0][0])) if ranges[0][0] >= 0x20 else _code(ranges[0][0])
    return "[" + "".join(_code(a) if a == b else f"{_code(a)}-{_code(b)}" for a, b in ranges) + "]"


def _code(code):
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# -- what a pattern may cost ---------------------------------------------------------------------------


def _nullable(node):
    """Whether the node matches the empty text."""
    kind = node[0]
    if kind in ("set", "byte"):
        return False
    if kind == "cat":
        return all(map(_nullable, node[1]))
    if kind == "alt":
        return any(map(_nullable, node[1]))
    if kind == "group":
        return _nullable(node[1])
    return kind == "at" or node[2] == 0 or _nullable(node[1])


def _loops_on_empty(node):
    """Whether a loop's body may match nothing: what groups hold then is told apart by the machine only."""
    kind = node[0]
    if kind in ("cat", "alt"):
        return any(map(_loops_on_empty, node[1]))
    if kind == "group":
        return _loops_on_empty(node[1])
    if kind == "repeat":
        return (node[3] != 1 and _nullable(node[1])) or _loops_on_empty(node[1])
    return False


def _loops(tree):
    """The characters of each loop and how often it runs at most; None if they nest ambiguously."""
    loops = []
    return loops if _collect(tree, loops) else None


def _size(node):
    """How many steps the machine's program has, about."""
    kind = node[0]
    if kind in ("cat", "alt"):
        return 1 + sum(map(_size, node[1]))
    if kind == "group":
        return 2 + _size(node[1])
    return max(node[2], node[3] or 1) * _size(node[1]) if kind == "repeat" else 1


def _is_loop(node):
    return node[3] is None or node[3] - node[2] > 3


def _collect(node, loops):
    """Adds the characters of each loop; False if loops nest ambiguously."""
    kind = node[0]
    if kind in ("cat", "alt"):
        return all(_collect(one, loops) for one in node[1])
    if kind == "group":
        return _collect(node[1], loops)
    if kind != "repeat":
        return True
    body = node[1]
    if not _is_loop(node):
        return _collect(body, loops)
    loops.append((_characters(body), math.inf if node[3] is None else node[3]))
    return _is_plain(body) or (_is_marked(body) and _collect(body, loops))


def _is_plain(node):
    """Whether a loop over the node has one way to match any text: one character, or fixed ones in a row."""
    if node[0] == "group":
        return _is_plain(node[1])
    if node[0] == "cat":
        return bool(node[1]) and all(one[0] in ("set", "byte") for one in node[1])
    if node[0] == "alt":
        firsts = [_characters(one) for one in node[1]]
        apart = all(not charset.meet(a, b) for i, a in enumerate(firsts) for b in firsts[:i])
        return apart and all(_is_plain(one) for one in node[1])
    return node[0] in ("set", "byte")


def _is_marked(node):
    """Whether each round of a loop over the node begins or ends with a character that nothing else in it has."""
    while node[0] == "group":
        node = node[1]
    if node[0] != "cat" or not node[1]:
        return False
    parts = node[1]
    for mark, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
        if mark[0] == "set" and all(not charset.meet(mark[1], _characters(one)) for one in rest):
            return all(_is_plain_part(one) for one in rest)
    return False


def _is_plain_part(node):
    """A part of a marked round: it may repeat characters, but holds no loops of loops."""
    while node[0] == "group":
        node = node[1]
    return node[0] in ("set", "at") or (node[0] == "repeat" and _is_plain(node[1]))


def _characters(node):
    """All characters that the node may read."""
    kind = node[0]
    if kind == "set":
        return node[1]
    if kind == "byte":
        return ((0, charset.LAST),)
    if kind in ("cat", "alt"):
        return charset.union(r for one in node[1] for r in _characters(one))
    return _characters(node[1]) if kind in ("group", "repeat") else ()
