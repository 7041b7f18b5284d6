"""Gradebooks for the page: one whose every text wants to run, and a class of many."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from dojo.grading.model import Bar, Gradebook, KataHead, Misconception, SubmissionMark, Verdict
from dojo.reports import html
from tests.dojo.reports import books

PAYLOAD = (
    "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'>"
    '"><svg onload=window.pwned=1>\u2028{{ pwned }}<!--<script>'
)


def enemy() -> Gradebook:
    """Return a gradebook in which every text that a submission can set is a payload."""
    head = KataHead(books.HELLO.slug, PAYLOAD, 1, 3)
    mark = books.kata(books.HELLO, Verdict.FAILED, Verdict.FAILED)
    tests = tuple(
        dataclasses.replace(
            test,
            id=f"{PAYLOAD}{number}",
            title=PAYLOAD,
            message=PAYLOAD,
            error=PAYLOAD,
            where=PAYLOAD,
            printed=PAYLOAD,
            timeline=(Bar(PAYLOAD, 0.0, 1.0, "error"),),
        )
        for number, test in enumerate(mark.tests)
    )
    mark = dataclasses.replace(
        mark,
        title=PAYLOAD,
        tests=tests,
        seed=PAYLOAD,
        digest=PAYLOAD,
        notes=(PAYLOAD,),
        resembles=(Misconception(PAYLOAD, PAYLOAD),),
    )
    faulty = dataclasses.replace(mark, fault=PAYLOAD)
    book = books.gradebook(
        SubmissionMark(PAYLOAD, PAYLOAD, (mark,), notes=(PAYLOAD,)),
        SubmissionMark(f"{PAYLOAD}2", PAYLOAD, (faulty,)),
        SubmissionMark(f"{PAYLOAD}3", PAYLOAD, refused=PAYLOAD),
        SubmissionMark(f"{PAYLOAD}4", PAYLOAD, fault=PAYLOAD),
        heads=(head,),
    )
    return dataclasses.replace(book, sandbox=PAYLOAD, versions={PAYLOAD: PAYLOAD}, seed=PAYLOAD)


def many(submissions: int, katas: int) -> Gradebook:
    """Return a class of which most have touched nothing, and one has solved everything."""
    heads = tuple(
        dataclasses.replace(books.FAN_OUT, slug=f"k{number}_kata")
        for number in range(101, 101 + katas)
    )
    p, f = Verdict.PASSED, Verdict.FAILED
    untouched = books.kata(books.FAN_OUT, f, f, f, handed_in=False)
    solved = books.kata(books.FAN_OUT, p, p, p)
    return books.gradebook(
        *(
            SubmissionMark(
                f"learner {number}",
                f"{number}.zip",
                tuple(
                    dataclasses.replace(untouched if number else solved, slug=head.slug)
                    for head in heads
                ),
            )
            for number in range(submissions)
        ),
        heads=heads,
    )


def save(folder: Path) -> None:
    """Write the pages that the tests look at; in ``broken.html``, something was not escaped."""
    pages = {"rich": books.rich(), "enemy": enemy(), "many": many(60, 25)}
    written = {name: html.write(book) for name, book in pages.items()}
    smuggled = "<script>window.pwned = 1</script><main>"
    written["broken"] = written["rich"].replace("<main>", smuggled)
    for name, page in written.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
