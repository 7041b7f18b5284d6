"""A gradebook as one HTML file that needs nothing else, for instructors.

A heat map of submissions and katas, whose cells open what was judged there; how much was earned in
each kata; which tests fail most; which misconceptions show. Everything from a submission is
hostile: the template engine escapes it, the script puts it on the page as text alone, and the
page's policy lets no other script run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from dojo.grading.model import Gradebook
from dojo.reports.clean import clean
from dojo.reports.html import details, shown

FILE = "report.html"
PER_SUBMISSION = False

FOLDER = Path(__file__).parent


def write(gradebook: Gradebook) -> str:
    """Return the whole page."""
    style, script = (
        (FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    # Numbers and dates are text already, and there need not be any settings to localise them by.
    context = Context(
        {
            **all_clean(shown.words(gradebook)),
            "style": style,
            "script": script,
            "policy": policy(style, script),
            "data": embeddable(all_clean(details.block(gradebook))),
        },
        use_l10n=False,
        use_tz=False,
    )
    return Engine(dirs=[str(FOLDER)]).get_template("page.html").render(context)


def all_clean(value: Any) -> Any:
    """Return nested dicts and lists with every text in them clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: all_clean(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [all_clean(each) for each in value]
    return value


def embeddable(table: dict[str, Any]) -> str:
    """Return JSON, ASCII alone, that nothing can end which stands in it."""
    # As django.utils.html.json_script does, whose way takes seconds for megabytes.
    text = json.dumps(table, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows these two, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src '{digest(script)}'",
            f"style-src '{digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def digest(source: str) -> str:
    """Return how a policy names the source of a script or a style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
