"""`tapeflow show`: what a SavedModel, a checkpoint or a GraphDef holds, or how two differ."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from tapeflow.core.base.errors import OpError
from tapeflow.core.files.summary_text import described


def run_show(paths: Sequence[Path]) -> int:
    """Prints the description of one path, or the difference of two; returns the exit code."""
    try:
        texts = [described(path) for path in paths]
    except (OpError, OSError, ValueError) as error:
        print(f"show: {error}", file=sys.stderr)
        return 1
    if len(texts) == 1:
        print("\n".join(texts[0]))
        return 0
    names = [str(path) for path in paths]
    lines = list(difflib.unified_diff(*texts, *names, n=0, lineterm=""))
    print("\n".join(lines) if lines else "no difference")
    return 0
