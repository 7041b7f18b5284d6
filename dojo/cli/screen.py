"""What a learner sees: the verdict of a run as text, and the console that it is printed on."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from dojo.model import Kata, Obstacle, Result, Run, State

WORDS = {
    State.FAILED: "FAIL",
    State.TIMEOUT: "TIMEOUT",
    State.CRASHED: "CRASHED",
    State.MISSING: "NOT RUN",
}
# Nobody scrolls through a page of one message; plain `pytest` shows all of it.
LONGEST_MESSAGE = 60
# Of a longer line, its beginning and its end: what was expected comes last.
LONGEST_LINE, END_OF_LINE = 400, 150
MOST_PRINTED = 10
BAR_WIDTH = 30
INDENT = 6


class Screen(Console):
    """A console that leaves it to the command line what follows from a reader who is gone."""

    def on_broken_pipe(self) -> None:
        """Go on raising, where rich would exit with 1, which means that tests fail."""
        self.quiet = True
        raise


@functools.cache
def console(*, stderr: bool = False) -> Console:
    """Return the console: no guessing at words to colour, and no wrapping of what is piped."""
    return Screen(highlight=False, soft_wrap=True, stderr=stderr)


def verdict(kata: Kata, run: Run, *, all_failures: bool = False) -> Text:
    """Return what a learner needs to know after a run: how far, what to edit, the first failure.

    Args:
        all_failures: Show the others as well.
    """
    text = Text()
    text.append(f"{kata.number} {kata.title}", "bold")
    if run.results:
        text.append(f" · {run.count_passed} of {len(run.results)} pass")
    text.append("\n")
    if run.passed:
        text.append("PASS  ", "bold green")
        text.append("All tests of this kata pass.\n")
        return text
    if run.skipped:
        text.append("SKIP  ", "bold yellow")
        text.append(f"{run.results[0].message}\n")
        return text
    text.append(f"brief katas/{kata.slug}/README.md\n")
    for name in kata.edit:
        text.append("edit  ")
        text.append(f"katas/{kata.slug}/{name}\n", "bold")
    text.append("\n")
    if run.obstacles:
        text.append_text(obstacle(run.obstacles[0]))
    elif all_failures:
        text.append_text(Text("\n").join(below(*parts) for parts in parts_of_each(run.failures)))
    elif run.failures:
        text.append_text(below(*parts_of(run.failures[0])))
        if others := len(run.failures) - 1:
            command = f"python3 -m dojo run {kata.number} --all"
            text.append(f"\n{others} more after this one: `{command}` shows all.\n")
    return text


def bar(done: int, total: int) -> str:
    """Return how many of *total* are done, as a bar and in numbers."""
    filled = round(BAR_WIDTH * done / total) if total else 0
    return f"{'█' * filled}{'░' * (BAR_WIDTH - filled)} {done} of {total} solved"


def markdown(text: str) -> RenderableType:
    """Return Markdown as a terminal shows it."""
    from rich.markdown import Markdown  # with all that it needs, 50 ms

    return Markdown(text, hyperlinks=False)


def difference(diff: str) -> Text:
    """Return a unified diff in the colours that everybody knows."""
    text = Text()
    for line in diff.splitlines():
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        text.append(f"{line}\n", "bold" if line.startswith(("---", "+++")) else style)
    return text


def print_json(value: object) -> None:
    """Print *value* for a program: no colour, no wrapping."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def below(headline: Text, facts: Text) -> Text:
    """Return what there is to say below its headline."""
    return Text.assemble(headline, "\n", indented(facts))


def parts_of_each(results: Iterable[Result]) -> Iterator[tuple[Text, Text]]:
    """Yield the parts of each failed test; of facts that stand above, the first line alone."""
    told: set[str] = set()
    for result in results:
        headline, facts = parts_of(result)
        first, _, more = facts.plain.partition("\n")
        if more and facts.plain in told:
            facts = Text.assemble(first, (" … as above", "dim"))
        told.add(facts.plain)
        yield headline, facts


def parts_of(result: Result) -> tuple[Text, Text]:
    """Return the headline of a failed test, and the facts that stand below it."""
    headline = Text()
    headline.append(f"{WORDS[result.state]}  ", "bold red")
    task = f" (task {result.case.task})" if result.case.task else ""
    headline.append(f"{result.case.title}{task}", "bold")
    facts = body(result.error, result.message, result.where)
    if printed := result.printed.rstrip().splitlines():
        facts.append("\n\nprinted while it ran:\n", "dim")
        if len(printed) > MOST_PRINTED:
            printed = ["…", *printed[-MOST_PRINTED:]]
        facts.append("\n".join(map(shortened, printed)))
    return headline, facts


def obstacle(found: Obstacle) -> Text:
    """Return what kept the suite from running."""
    return below(*parts_of_obstacle(found))


def parts_of_obstacle(found: Obstacle) -> tuple[Text, Text]:
    """Return the headline of what kept the suite from running, and the facts."""
    headline = Text()
    headline.append("STOP  ", "bold red")
    headline.append("The tests could not start.", "bold")
    return headline, body(found.error, found.message, found.where)


def body(error: str, message: str, where: str) -> Text:
    """Return the facts of a failure."""
    # What pytest.fail and assert raise carries its facts in the message; other types are news.
    if error not in {"AssertionError", "Failed", ""}:
        message = f"{error}: {message}" if message else error
    lines = message.splitlines()
    if len(lines) > LONGEST_MESSAGE:
        lines = [*lines[:LONGEST_MESSAGE], f"… and {len(lines) - LONGEST_MESSAGE} lines more"]
    if where:
        lines.append(f"at {where}")
    return Text("\n".join(map(shortened, lines)))


def indented(facts: Text) -> Text:
    """Return *facts* as they stand below a headline."""
    text = Text()
    for line in facts.split("\n", allow_blank=True):
        text.append_text(Text.assemble(" " * INDENT, line) if line.plain.strip() else line)
        text.append("\n")
    return text


def shortened(line: str) -> str:
    """Return a line that nobody wants to read without its middle."""
    left_out = len(line) - LONGEST_LINE
    if left_out <= 0:
        return line
    head, end = line[: LONGEST_LINE - END_OF_LINE], line[-END_OF_LINE:]
    return f"{head} … {left_out} characters … {end}"
