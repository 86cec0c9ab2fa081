"""The page at `/` to try a model: one file, and nothing from elsewhere."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

_PLACE = '["the models\' names"]'


def page(names):
    """The page and its headers.

    Args:
        names: The models' names.
    """
    content, policy = _template()
    listed = json.dumps(names).replace("<", "\\u003c")
    headers = {"content-security-policy": policy, "x-content-type-options": "nosniff", "x-frame-options": "DENY"}
    return content.replace(_PLACE, listed), headers


@cache
def _template():
    """The file, and a policy under which the browser runs its one script and style and asks nobody else."""
    content = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    script, style = (
        _digest(re.search(rf"<{tag}>(.*?)</{tag}>", content, re.DOTALL)[1]) for tag in ("script", "style")
    )
    return content, f"default-src 'none'; connect-src 'self'; script-src {script}; style-src {style}"


def _digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
