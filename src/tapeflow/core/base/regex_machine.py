"""Runs a pattern in time linear in the text: Pike's machine (Thompson 1968; Pike; Cox, "Regular Expression Matching:
the Virtual Machine Approach", 2009), with the priorities of RE2 and Perl: leftmost, then first.

Python's `re` backtracks, and some patterns cost it exponential time. `regex_source` sends those here.
"""

SET, SPLIT, SAVE, AT, MATCH = range(5)
_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")


class Machine:
    """The program of one pattern: `run(text, start, whole)` gives the places of the groups, or None."""

    def __init__(self, tree, groups):
        self._code = []
        self._groups = groups
        self._emit(("group", tree, 0))
        self._code.append((MATCH,))

    def _emit(self, node):
        code, kind = self._code, node[0]
        if kind == "set":
            code.append((SET, node[1]))
        elif kind == "byte":
            code.append((SET, ((0, 0x10FFFF),)))
        elif kind == "at":
            code.append((AT, node[1]))
        elif kind == "cat":
            for one in node[1]:
                self._emit(one)
        elif kind == "alt":
            self._alternatives(node[1])
        elif kind == "group":
            code.append((SAVE, 2 * node[2]))
            self._emit(node[1])
            code.append((SAVE, 2 * node[2] + 1))
        else:
            self._repeat(*node[1:])

    def _alternatives(self, nodes):
        code, ends = self._code, []
        for node in nodes[:-1]:
            split = len(code)
            code.append(None)
            self._emit(node)
            ends.append(len(code))
            code.append(None)
            code[split] = (SPLIT, split + 1, len(code))
        self._emit(nodes[-1])
        for end in ends:
            code[end] = (SPLIT, len(code), len(code))

    def _repeat(self, node, low, high, greedy):
        code = self._code
        for _ in range(low - (high is None and low > 0)):
            self._emit(node)
        if high is None and low > 0:  # x+
            start = len(code)
            self._emit(node)
            code.append(_split(start, len(code) + 1, greedy))
        elif high is None:
            start = len(code)
            code.append(None)
            self._emit(node)
            code.append((SPLIT, start, start))
            code[start] = _split(start + 1, len(code), greedy)
        else:
            splits = []
            for _ in range(high - low):
                splits.append(len(code))
                code.append(None)
                self._emit(node)
            for split in splits:
                code[split] = _split(split + 1, len(code), greedy)

    def run(self, text, start=0, whole=False):
        """The places of the first match from `start` on, or of the whole text; None if there is none."""
        size, code = len(text), self._code
        empty = (None,) * (2 * self._groups + 2)
        threads, seen, found, place = [], set(), None, start
        while True:
            if found is None and (not whole or place == start):
                threads = threads + self._follow(0, empty, text, place, seen)
            if not threads:
                if found is not None or whole or place >= size:
                    return found
                place, seen = place + 1, set()
                continue
            c = ord(text[place]) if place < size else -1
            seen, following = set(), []
            for pc, saved in threads:
                step = code[pc]
                if step[0] == MATCH:
                    if whole and place != size:
                        continue
                    found = saved
                    break
                if c >= 0 and _holds(step[1], c):
                    following += self._follow(pc + 1, saved, text, place + 1, seen)
            if place >= size:
                return found
            threads = following
            place += 1

    def _follow(self, pc, saved, text, place, seen):
        """The threads that `pc` leads to without reading, in order of priority."""
        result, stack = [], [(pc, saved)]
        while stack:
            pc, saved = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            step = self._code[pc]
            kind = step[0]
            if kind == SPLIT:
                stack.append((step[2], saved))
                stack.append((step[1], saved))
            elif kind == SAVE:
                stack.append((pc + 1, (*saved[: step[1]], place, *saved[step[1] + 1 :])))
            elif kind == AT:
                if _is_at(step[1], text, place):
                    stack.append((pc + 1, saved))
            else:
                result.append((pc, saved))
        return result


def _split(inside, after, greedy):
    return (SPLIT, inside, after) if greedy else (SPLIT, after, inside)


def _holds(ranges, c):
    return any(low <= c <= high for low, high in ranges)


def _is_at(what, text, place):
    if what == "start":
        return place == 0
    if what == "end":
        return place == len(text)
    if what == "line_start":
        return place == 0 or text[place - 1] == "\n"
    if what == "line_end":
        return place == len(text) or text[place] == "\n"
    before = place > 0 and text[place - 1] in _WORD
    after = place < len(text) and text[place] in _WORD
    return (before != after) == (what == "boundary")
