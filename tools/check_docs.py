"""Checks the documentation: local links lead somewhere, and Python examples give what they show.

Examples are `>>>` blocks; each page is one doctest, so a page reads as one session.
"""

import doctest
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def main() -> int:
    """Prints what is wrong; returns 1 if anything is."""
    problems = [problem for page in pages() for problem in [*broken_links(page), *wrong_examples(page)]]
    for problem in problems:
        print(problem)
    print(f"{len(list(pages()))} pages, {len(problems)} problems")
    return 1 if problems else 0


def pages() -> Iterator[Path]:
    """The Markdown pages of the repository."""
    yield from sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def broken_links(page: Path) -> Iterator[str]:
    """Links to files that are not there, and to headings that a page does not have."""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        for match in LINK.finditer(line):
            target, _, anchor = match["target"].partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            file = page.parent / target if target else page
            if not file.exists():
                yield f"{page.relative_to(ROOT)}:{number}: no such file: {target}"
            elif anchor and anchor not in anchors(file):
                yield f"{page.relative_to(ROOT)}:{number}: no such heading: {match['target']}"


def anchors(page: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def wrong_examples(page: Path) -> Iterator[str]:
    """A note for a page whose examples fail; doctest itself prints which."""
    failures, _ = doctest.testfile(str(page), module_relative=False, optionflags=OPTIONS)
    if failures:
        yield f"{page.relative_to(ROOT)}: {failures} examples give something else than they show"


if __name__ == "__main__":
    sys.exit(main())
