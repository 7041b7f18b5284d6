"""What is said of an error in the learner's files: what it is, and on which line."""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path

from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

import katas

KATAS = Path(katas.__path__[0]).resolve()


class Reporter(ExceptionReporter):
    """Django's debug page for browsers, and a few lines for all that does not ask for HTML: curl.

    https://docs.djangoproject.com/en/6.0/howto/error-reporting/#custom-error-reports
    """

    def get_traceback_html(self) -> SafeString:
        """Return the body of an answer 500."""
        wanted = self.request.headers.get("Accept", "") if self.request else ""
        if "text/html" in wanted or not isinstance(self.exc_value, BaseException):
            return super().get_traceback_html()
        return SafeString(f"{describe(self.exc_value)}\n")


def describe(error: BaseException) -> str:
    """Return type and text of *error*, and the line below ``katas/`` that it comes from."""
    if isinstance(error, SyntaxError) and error.filename:
        text, path, line = error.msg, Path(error.filename), error.lineno or 0
        return f"{type(error).__name__}: {text}\n{at(path, line)}"
    lines = [f"{type(error).__name__}: {error}"]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if KATAS in (path := Path(frame.filename).resolve()).parents:
            lines.append(at(path, frame.lineno or 0))
            break
    if isinstance(error, BaseExceptionGroup):
        lines += [describe(inner) for inner in error.exceptions]
    return "\n".join(lines)


def at(path: Path, line: int) -> str:
    """Return a line of code and where it stands."""
    place = path.relative_to(KATAS.parent) if KATAS in path.parents else path
    return f"at {place}:{line}: {linecache.getline(str(path), line).strip()}".rstrip(": ")
