"""Each format is what its readers take; hostile text and hidden tests stay where they belong."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema

from dojo import reports
from dojo.grading.codec import from_table
from dojo.grading.model import Gradebook, KataHead, SubmissionMark, Verdict
from dojo.reports.clean import cleaned
from tests.dojo.house import CLONE
from tests.dojo.reports import goldens
from tests.dojo.reports.books import FAN_OUT, HIDDEN_WORD, by_lot, gradebook, kata, rich

SCHEMAS = Path(__file__).with_name("schemas")
RUNNER = ("CLASSROOM", "ASSIGNMENT", "ASSIGNMENT_TYPE", "OWNER", "SUBMISSION_TAG")
LINKS = ("COMMIT_URL", "RELEASE_URL", "REVIEW_URL")
BOOKS = [rich(), *map(by_lot, range(15))]
LEARNERS = ("exercism", "prairielearn", "classroom50", "gradescope")


def validator(path: Path) -> Any:
    """Return what checks by the schema at *path*, which must be one itself."""
    schema = json.loads(path.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def all_of(name: str, book: Gradebook) -> list[str]:
    """Return all that one format writes of *book*."""
    module = reports.FORMATS[name]
    if not module.PER_SUBMISSION:
        return [module.write(book)]
    return [module.write(book, submission) for submission in book.submissions]


def strings(value: Any) -> Iterator[str]:
    """Yield every string in what was read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (each for pair in value.items() for part in pair for each in strings(part))
    elif isinstance(value, list):
        yield from (each for item in value for each in strings(item))


@pytest.fixture(autouse=True)
def no_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a runner of Classroom 50 may have set."""
    for name in (*RUNNER, *LINKS):
        monkeypatch.delenv(name, raising=False)


def test_reports_are_as_they_were() -> None:
    """If a difference is meant: python -m tests.dojo.reports.goldens."""
    assert goldens.written() == goldens.kept()


@pytest.mark.parametrize("name", ["ctrf", "exercism", "gradescope", "prairielearn", "classroom50"])
def test_json_for_platforms_keeps_to_their_schema(name: str) -> None:
    """The published one, or the documented keys; see schemas/README.md."""
    check = validator(SCHEMAS / f"{name}.json")

    for book in BOOKS:
        for report in all_of(name, book):
            check.validate(json.loads(report))


def test_junit_keeps_to_its_schema() -> None:
    """Pytest's own, and names no host."""
    schema = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")

    for book in BOOKS:
        report = reports.junit.write(book)
        schema.validate(report)
        assert "hostname" not in report


def test_our_json_keeps_to_the_published_schema_and_reads_back() -> None:
    """Nothing is lost of a gradebook but what is not fit to be shown."""
    check = validator(CLONE / "docs/report.schema.json")

    for book in BOOKS:
        report = json.loads(reports.json.write(book))
        check.validate(report)
        assert from_table(Gradebook, report) == cleaned(book)


def test_the_published_schema_knows_every_key() -> None:
    """One more in any object, or one less, and a report is refused."""
    check = validator(CLONE / "docs/report.schema.json")
    report = json.loads(reports.json.write(rich()))

    def objects(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            yield value
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, dict | list):
                yield from objects(each)

    kinds = {tuple(each): each for each in objects(report)}
    assert len(kinds) == 8
    for each in kinds.values():
        each["unheard_of"] = None
        assert not check.is_valid(report)
        del each["unheard_of"]
        if each is not report["versions"]:
            key, value = each.popitem()
            assert not check.is_valid(report)
            each[key] = value
    assert check.is_valid(report)


@pytest.mark.parametrize("name", reports.FORMATS)
def test_nothing_commands_a_terminal_or_turns_text_round(name: str) -> None:
    """No control character, no half character; in what JSON escapes, neither."""
    for book in BOOKS:
        for report in all_of(name, book):
            texts = strings(json.loads(report)) if report.startswith("{") else [report]
            for char in set().union(*texts):
                assert unicodedata.category(char) not in {"Cc", "Cf", "Cs"} or char in "\n\t", char
                assert char not in "\ufffe\uffff"
            assert "[31m" not in report


def test_no_cell_is_a_formula() -> None:
    """A name that is one is shown; so are tabs and full-width signs in front of it."""
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " \r\n=1", "＝1", "fine"]
    book = gradebook(*(SubmissionMark(name, name, refused=name) for name in names))
    for each in (book, *BOOKS):
        for row in csv.reader(io.StringIO(reports.csv.write(each))):
            assert not any(cell[:1] in set("=+-@\t\r＝＋－＠") for cell in row if cell), row

    rows = list(csv.reader(io.StringIO(reports.csv.write(book))))[1:]
    shown = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'=1", "'=1", "'＝1", "fine"]
    assert [row[0] for row in rows] == shown


def test_markdown_keeps_hostile_text_in_code() -> None:
    """It can neither close the code around it nor add a cell to the table."""
    name = "``` | <img src=x> @all `"
    report = reports.markdown.write(
        gradebook(
            SubmissionMark(name, "x", refused="no"),
            SubmissionMark(
                "y", "y", (replace(kata(FAN_OUT, *[Verdict.FAILED] * 3), notes=(name,)),)
            ),
        )
    )

    row = next(line for line in report.splitlines() if "img" in line)
    assert row.startswith("| ```` ``` │ <img src=x> @all ` ```` | 0 |")
    assert "- Note: ```` ``` | <img src=x> @all ` ````" in report


@pytest.mark.parametrize("name", LEARNERS)
def test_learners_see_nothing_of_hidden_tests(name: str) -> None:
    """Neither names, messages nor output; only how many there are, and their points."""
    for book in BOOKS:
        for text in all_of(name, book):
            report = json.loads(text)
            if name == "gradescope":  # staff see these in full, learners not at all
                tests = report.get("tests", [])
                report["tests"] = [test for test in tests if test["visibility"] != "hidden"]
            assert not [each for each in strings(report) if HIDDEN_WORD in each]
    assert HIDDEN_WORD in reports.json.write(rich())


@pytest.mark.parametrize("name", LEARNERS)
def test_the_graders_own_words_stay_with_the_instructor(name: str) -> None:
    """A fault may name its files; learners read that it is none of theirs, and no mark."""
    unmarked = [each for each in rich().submissions if not each.marked]

    for submission in unmarked:
        report = reports.FORMATS[name].write(rich(), submission)
        assert "No mark: the grader failed, not the submission." in report
        assert "ran out of memory" not in report
        assert "I/O error" not in report
    assert len(unmarked) == 2


def test_all_tests_passed_is_said_of_nothing_else() -> None:
    """Least of all where those that a learner sees have passed, and hidden ones have not."""
    said = 0
    for book in BOOKS:
        for submission in book.submissions:
            alone = replace(book, submissions=(submission,))
            for name in reports.FORMATS:
                for report in all_of(name, alone):
                    if "All tests passed" in report:
                        assert submission.passed
                        said += 1
    assert said
    carol = next(each for each in rich().submissions if each.name == "carol")
    for name in ("gradescope", "prairielearn"):
        report = json.loads(reports.FORMATS[name].write(rich(), carol))
        told = report["output" if name == "gradescope" else "message"]
        assert told == "Of the tests that you can see, 7 of 7 passed. Besides: 1 hidden test."


def test_hidden_tests_count_together() -> None:
    """One row for those of a kata, with their points."""
    carol = next(each for each in rich().submissions if each.name == "carol")
    report = json.loads(reports.prairielearn.write(rich(), carol))

    assert [test for test in report["tests"] if "hidden" in test["name"]] == [
        {
            "name": "k102 1 hidden test",
            "points": 0.0,
            "max_points": 3.33,
            "message": "Not passed: 1 of 1.",
            "output": "",
        }
    ]


def test_a_refused_submission_earns_nothing_and_says_why() -> None:
    """To its learner, too: it is for them to hand in another."""
    for name in reports.FORMATS:
        submission = next(each for each in rich().submissions if each.refused)
        for report in all_of(name, replace(rich(), submissions=(submission,))):
            assert "The archive holds a link" in report


def test_exercism_tells_timeouts_from_errors_and_tasks_of_one_kata() -> None:
    """Numbers of tasks say nothing in a report of several katas."""
    ends = (Verdict.TIMEOUT, Verdict.CRASHED, Verdict.PASSED)
    book = gradebook(SubmissionMark("x", "x", (kata(FAN_OUT, *ends),)), heads=(FAN_OUT,))

    report = json.loads(reports.exercism.write(book, book.submissions[0]))

    assert report["status"] == "fail"
    assert report["tests"][0] == {
        "name": "k102 All calls run at once.",
        "status": "fail",
        "message": "Timed out: No end after 5 s.",
        "task_id": 1,
    }
    assert report["tests"][1]["status"] == "error"
    assert "task_id" not in reports.exercism.write(rich(), book.submissions[0])


def test_output_without_end_is_cut() -> None:
    """Each platform's own limit, in bytes, holds for text that takes four bytes a character."""
    endless = "\N{SNAKE}" * 40_000
    heads = tuple(KataHead(f"k{n}_x", "x", 1, 10) for n in range(30))
    marks = kata(FAN_OUT, *[Verdict.FAILED] * 3)
    tests = tuple(replace(test, message=endless, printed=endless) for test in marks.tests)
    katas = tuple(replace(marks, slug=head.slug, tests=tests) for head in heads)
    book = gradebook(SubmissionMark("x", "x", katas), heads=heads)

    learner = reports.prairielearn.write(book, book.submissions[0])
    test = json.loads(reports.exercism.write(book, book.submissions[0]))["tests"][0]

    assert 100_000 < len(learner.encode()) <= 1_000_000
    assert json.loads(learner)["tests"][0]["message"].endswith("… cut: 160012 bytes in all")
    assert len(test["message"].encode()) <= 65_535
    assert len(test["output"].encode()) <= 500
    assert len(reports.text.write(book)) < 200_000


def test_classroom_50_is_told_where_it_is_by_its_runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """In environment variables; the diff is the commit where there is nothing to compare."""
    for name in (*RUNNER, "COMMIT_URL", "RELEASE_URL"):
        monkeypatch.setenv(name, f"submit/{name}")

    report = json.loads(reports.classroom50.write(rich(), rich().submissions[0]))

    assert report["submission"] == "submit/SUBMISSION_TAG"
    assert report["owner"] == "submit/OWNER"
    assert report["review"] == report["commit"] == "submit/COMMIT_URL"


def test_the_table_of_a_class_says_what_fails_most_and_what_has_no_mark() -> None:
    """And shows wide characters in their columns."""
    book = rich()
    wide = replace(book.submissions[0], name="漢字" * 9)
    lines = reports.text.write(replace(book, submissions=(wide, *book.submissions))).splitlines()

    assert lines[1].startswith("漢字" * 9 + "  ")
    assert lines[1].index("20") == lines[2].index("20") - 18
    assert "     3 × k601_csv_stream Memory stays flat." in lines
    assert "Without a mark, by the grader's own fault: 2. Grade these again." in lines


def test_no_submission_at_all_is_reported_too() -> None:
    """By an empty table, not by a fault."""
    assert "0 submissions" in reports.text.write(gradebook())
    assert reports.csv.write(gradebook()).count("\n") == 1
