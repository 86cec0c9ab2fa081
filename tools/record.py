"""Records TensorFlow's answers to the parity cases: `python tools/record.py [family...] [--check]`.

Run it with a Python that has tensorflow-cpu. It writes `tests/parity/golden/<family>.json`, one case a line.
`--check` writes nothing and fails if an answer differs from the recorded one; `--errors` prints every
recorded error, for reading: an error that the case's author did not mean is a mistake in the case.
"""

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

from tests.parity.case import EITHER, RAISES, RETURNS, families  # noqa: E402
from tests.parity.compare import difference, is_error  # noqa: E402
from tests.parity.describe import MESSAGE_LENGTH, recorded_error  # noqa: E402
from tests.parity.play import GOLDEN, golden, play  # noqa: E402

# What a typo in a case looks like; a case that means one of these says so with `case.raises`.
TYPOS = ("AttributeError", "NameError", "ImportError", "ModuleNotFoundError", "SyntaxError")

NO_KERNEL = ("Could not find device for node", "No OpKernel was registered")


def mistake(case, answer):
    """Why a case's answer cannot be what its author meant, or None."""
    if not is_error(answer):
        return "returns, but is written as a case that raises" if case.outcome == RAISES else None
    says = f"raises {answer['error']}: {answer['message']}"
    if case.outcome == RETURNS:
        return says
    if case.outcome != RAISES and answer["error"] in TYPOS:
        return f"{says} (a typo?)"
    missing = case.unsaid(answer["message"])
    return f"{says}: does not say {missing}" if missing else None


def without_answer(case, answer):
    """Whether TensorFlow has no kernel or gradient here, or broke: that is no result to be held to."""
    if case.outcome != EITHER or not is_error(answer):
        return False
    broke = answer["error"][0] in ("UnimplementedError", "NotImplementedError", "SystemError", "LookupError")
    return broke or any(words in answer["message"] for words in NO_KERNEL)


def record(family, tf):
    """The answers of a family's cases by name, and the mistakes found."""
    answers, mistakes = {}, []
    for case in family.cases.values():
        answer, _ = play(case, tf)
        if without_answer(case, answer):
            answers[case.name] = {"no_answer": True}
            continue
        wrong = mistake(case, {**answer, "error": answer["error"][0]} if is_error(answer) else answer)
        if wrong:
            mistakes.append(" ".join(f"MISTAKE {case.name} {wrong}".split())[:MESSAGE_LENGTH])
        answers[case.name] = recorded_error(answer) if is_error(answer) else answer
    return answers, mistakes


def write(family, answers, version):
    lines = [f"{json.dumps(name)}: {json.dumps(answers[name], sort_keys=True)}" for name in sorted(answers)]
    text = f'{{"tensorflow": "{version}", "cases": {{\n' + ",\n".join(lines) + "\n}}\n"
    (GOLDEN / f"{family.name}.json").write_text(text)


def changed(family, answers):
    """Cases whose answer is no longer the recorded one."""
    recorded = golden(family.name)
    for name, case in family.cases.items():
        answer = answers[name]
        if is_error(answer):
            answer = {**answer, "error": [answer["error"]]}
        wrong = difference(case, recorded[name], answer) if name in recorded else "is not recorded"
        if wrong:
            yield f"{name} {wrong}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("family", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()

    import tensorflow as tf  # after the arguments: it takes seconds

    bad = 0
    for family in families(options.family).values():
        answers, wrong = record(family, tf)
        if options.check:
            wrong += changed(family, answers)
        elif not wrong:
            write(family, answers, tf.__version__)
        if options.errors:
            for name, answer in answers.items():
                if is_error(answer):
                    print(f"{name}  {answer['error']}: {answer['message']}")
        print(f"{family.name}: {len(answers)} cases", *wrong, sep="\n  ")
        bad += len(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
