"""The page as text: what stands in it, what can't, and that it says what the model says."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from dojo.grading.model import Gradebook, Misconception, SubmissionMark, Verdict, points
from dojo.reports import html
from dojo.reports.html import overview
from tests.dojo.house import CLONE, environment
from tests.dojo.reports import books, html_books

P, F = Verdict.PASSED, Verdict.FAILED
BOOKS = {
    "rich": books.rich(),
    "enemy": html_books.enemy(),
    "empty": books.gradebook(),
    **{f"lot {seed}": books.by_lot(seed) for seed in range(12)},
}
# What would command a terminal, is invisible, or turns the direction of writing.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Page(HTMLParser):
    """The elements of a page, with the text of some."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"script": [], "style": []}
        self.rows: list[list[str]] = []
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        self.inside = tag
        if tag in self.raw:
            self.raw[tag].append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if tag in ("script", "style", "table"):
            self.inside = ""

    def handle_data(self, data: str) -> None:
        """Keep the text of cells, scripts and styles."""
        if self.inside in self.raw:
            self.raw[self.inside][-1] += data
        elif self.inside in ("td", "th", "bdi", "small") and self.rows:
            self.rows[-1][-1] += data.strip()

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def marks(book: Gradebook) -> list[list[str]]:
    """Return the texts of the heat map's cells, without its heading."""
    page = Page(html.write(book))
    return page.rows[1 : 1 + len(book.submissions)]


def data(book: Gradebook) -> dict[str, Any]:
    """Return what the script draws from."""
    found: dict[str, Any] = json.loads(Page(html.write(book)).raw["script"][0])
    return found


@pytest.mark.parametrize("name", BOOKS)
def test_the_page_holds_its_own_script_and_style_and_nothing_from_elsewhere(name: str) -> None:
    """The policy allows these two by their hashes; no attribute runs, styles or loads anything."""
    page = Page(html.write(BOOKS[name]))

    (policy,) = [each["content"] for each in page.attributes("meta") if "http-equiv" in each]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    (style,), (block, script) = page.raw["style"], page.raw["script"]
    for kind, source in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"; {kind}-src 'sha256-{digest}';" in policy
    assert page.attributes("script") == [{"id": "data", "type": "application/json"}, {}]
    assert not set("<>&\u2028\u2029").intersection(block)
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [n for n in names if n.startswith("on") or n in {"style", "src", "href", "action"}]
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"img", "iframe", "link", "object", "base", "a"})


@pytest.mark.parametrize("name", BOOKS)
def test_nothing_on_the_page_acts_on_the_screen_of_its_reader(name: str) -> None:
    """Not in what the template shows, nor in what the script will show."""
    page = html.write(BOOKS[name])
    block = Page(page).raw["script"][0]

    assert not UNFIT.search(page)
    assert not UNFIT.search(json.dumps(json.loads(block), ensure_ascii=False).replace("\\t", ""))
    assert "\\u001b" not in block


@pytest.mark.parametrize("name", [name for name in BOOKS if name.startswith(("rich", "lot"))])
def test_the_marks_are_those_of_the_model(name: str) -> None:
    """Totals and points, computed once, by the model; what the grader failed at is no number."""
    book = BOOKS[name]

    for row, submission in zip(marks(book), book.submissions, strict=True):
        total = "?" if submission.fault else points(submission.earned)
        assert row[1] in (total, f"{total}+?")
        assert row[1].endswith("?") == (not submission.marked)
        if submission.refused:
            assert row[2].startswith("Refused: ")
            continue
        for text, kata in zip(row[2:], submission.katas, strict=False):
            shown = text.lstrip("!").replace("–", "0")
            assert shown == (points(kata.earned) if kata.marked else "?")


def test_what_a_cell_opens_says_what_the_model_says() -> None:
    """Verdicts, messages and timelines, in order."""
    found = data(books.rich())

    answer = found["answers"][found["rows"][1]["cells"][1][0]]
    parts = found["parts"]
    assert [found["verdicts"][int(digit)] for digit in answer["verdicts"]] == [
        "failed",
        "passed",
        "failed",
    ]
    place, message, error, where, printed, bars = answer["said"][0]
    assert place == 0
    assert parts[message].endswith("expected at once. (task 1)")
    assert (parts[error], parts[where]) == ("AssertionError", "views.py:12")
    assert parts[printed] == "fetching\nfetching\nfetching"
    assert parts[bars][1] == ["fetch('rome')", 0.2, None, "cancelled"]
    assert answer["resembles"] == [
        ["one_by_one", "A loop that awaits waits for each call in turn."]
    ]
    manifest = parts[answer["tests"]]
    assert [row[2:5] for row in manifest] == [
        [1, "white-box", 0],
        [2, "white-box", 0],
        [3, "white-box", 1],
    ]


def test_what_many_have_in_common_stands_in_the_page_once() -> None:
    """So a class of hundreds, most of them with untouched stubs, fits into a small file."""
    few, more = html_books.many(20, 10), html_books.many(40, 10)

    assert len(data(more)["answers"]) == 2
    cells = 20 * 10
    assert (len(html.write(more)) - len(html.write(few))) / cells < 70


def test_long_texts_are_cut() -> None:
    """The first of a message and the last of what was printed; the JSON report has all."""
    mark = books.kata(books.HELLO, P, F)
    failed = dataclasses.replace(mark.tests[1], message="m" * 9_999, printed="p" * 9_999)
    mark = dataclasses.replace(mark, tests=(mark.tests[0], failed))
    book = books.gradebook(SubmissionMark("ada", "ada", (mark,)))

    texts = [part for part in data(book)["parts"] if isinstance(part, str)]

    assert [len(text) for text in texts if text[:1] in "mp…"] == [2_000, 500]


def test_an_overview_counts_the_answers_that_were_handed_in_and_have_a_mark() -> None:
    """Neither stubs nor the grader's own faults make a test look hard."""
    loop, wave = Misconception("loop", "In turn."), Misconception("wave", "In groups.")
    marks = [
        books.kata(books.FAN_OUT, P, P, P),
        books.kata(books.FAN_OUT, P, F, F, resembles=(loop,)),
        books.kata(books.FAN_OUT, F, F, P, resembles=(loop, wave)),
        books.kata(books.FAN_OUT, F, F, F, handed_in=False),
        books.kata(books.FAN_OUT, F, F, F, fault="Out of memory."),
    ]
    book = books.gradebook(
        *(SubmissionMark(str(n), "", (mark,)) for n, mark in enumerate(marks)),
        heads=(books.FAN_OUT,),
    )

    (kata,) = overview.of_katas(book)

    assert (kata.answers, kata.passed) == (3, 1)
    assert kata.levels == (0, 0, 2, 0, 0, 0, 1)
    assert kata.median == points(marks[1].earned)
    assert [(each.test.title, each.count, each.percent) for each in kata.failing] == [
        ("Results keep their order.", 2, 67),
        ("SECRET: never more than five.", 1, 33),
        ("All calls run at once.", 1, 33),
    ]
    assert [(each.misconception, each.count) for each in kata.misunderstood] == [
        (loop, 2),
        (wave, 1),
    ]


@pytest.mark.parametrize(
    ("earned", "worth", "level"),
    [
        (0, 1000, 0),
        (1, 1000, 1),
        (199, 1000, 1),
        (200, 1000, 2),
        (799, 1000, 4),
        (800, 1000, 5),
        (999, 1000, 5),
        (1000, 1000, 6),
        (0, 0, 0),
    ],
)
def test_only_everything_is_everything_and_only_nothing_is_nothing(
    earned: int, worth: int, level: int
) -> None:
    """Whatever is between has a level between."""
    assert overview.level(earned, worth) == level


def test_it_needs_no_settings_of_django() -> None:
    """The command that grades has none."""
    code = (
        "from dojo.reports import html; from tests.dojo.reports import books; "
        "print(html.write(books.rich()).count('<tr>'))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CLONE,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stderr, done.stdout) == ("", f"{2 + 7 + 3}\n")
