"""What fails, grouped by cause: `python -m tests.parity.report [family...]`, Markdown on standard output."""

import re
import sys
import traceback
from collections import Counter, defaultdict

import tapeflow as tf
from tests.parity.case import families
from tests.parity.differences import meant
from tests.parity.play import absent, unanswered, verdict

SHOWN, LENGTH = 8, 300


def cause(wrong, error):
    """What failures shown together have in common: the kind of difference, and where it was raised."""
    if error is None or not wrong.startswith("raises"):
        return re.sub(r"'[^']*'|-?\d[\d.e+-]*", "_", wrong)[:90]
    lines = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "/src/tapeflow/" in frame.filename
    ]
    place = (
        f"{lines[-1].filename.rpartition('/src/')[2]}:{lines[-1].lineno}" if lines else "outside of tapeflow"
    )
    wanted = re.search(r"TensorFlow raises \w+", wrong)
    return f"{type(error).__name__} at {place}" + (f"; {wanted.group()}" if wanted else "")


def judged(case):
    """The verdict; a result that cannot even be described is one more cause."""
    try:
        return verdict(case, tf)
    except Exception as error:
        return f"raises {type(error).__name__} when its result is read: {error}", error


def report(family):
    """Prints one family's failures; returns how many of its cases pass."""
    groups, missing = defaultdict(list), Counter()
    cases = [case for case in family.cases.values() if not unanswered(case)]
    for case in cases:
        wrong, error = judged(case)
        if meant(case.name):
            wrong = None if wrong else "agrees, though differences.py says it should not"
        if wrong and (name := absent(error)):
            missing[name] += 1
        elif wrong:
            groups[cause(wrong, error)].append((case.name, wrong))
    failing = sum(map(len, groups.values())) + missing.total()
    passing = len(cases) - failing
    print(f"\n## {family.name}: {passing} of {len(cases)} pass\n")
    if missing:
        names = ", ".join(f"{name} ({count})" for name, count in missing.most_common())
        print(f"- {missing.total()}x not there: {names}")
    for reason, failures in sorted(groups.items(), key=lambda item: -len(item[1])):
        names = ", ".join(name.partition("/")[2] for name, _ in failures[:SHOWN])
        more = f" and {len(failures) - SHOWN} more" if len(failures) > SHOWN else ""
        print(f"- {len(failures)}x {reason}: {names}{more}\n  such as: {failures[0][1][:LENGTH]}")
    return passing, failing


def main(names):
    total = Counter()
    for family in families(names).values():
        passing, failing = report(family)
        total.update(passing=passing, failing=failing)
    print(f"\nIn all {total['passing']} pass, {total['failing']} fail.")


if __name__ == "__main__":
    main(sys.argv[1:])
