"""Gradebooks to write reports of: a rich one made by hand, and as many as you like by lot.

Their text is what hostile code may leave behind: markup, formulas, escapes, half characters.
"""

from __future__ import annotations

import random
from typing import Any

from dojo.grading.model import (
    HUNDREDTHS,
    Bar,
    Box,
    Gradebook,
    KataHead,
    KataMark,
    Misconception,
    SubmissionMark,
    TestMark,
    Verdict,
    share_out,
)

HELLO = KataHead("k101_hello", "A first view", 1, 3)
FAN_OUT = KataHead("k102_fan_out", "Fan out & in", 1, 10)
STREAM = KataHead("k601_csv_stream", "A file as it grows", 6, 7)
HEADS = (HELLO, FAN_OUT, STREAM)

# Colour, a bell, markup, end of CDATA, what XML forbids, half a character, text turned round.
HOSTILE = "\x1b[31mred\x1b[0m\x07 <script>alert(1)</script> ]]> & \x00\x0b\ufffe \udc80 \u202eevil"
FORMULA = '=HYPERLINK("http://example.com")'
HIDDEN_WORD = "SECRET"

Rows = tuple[tuple[str, str, int | None, Box, bool], ...]
TESTS: dict[str, Rows] = {
    HELLO.slug: (
        ("test_hello.py::test_answers_json[city]", "The answer is JSON.", 1, Box.WHITE, False),
        ("test_hello.py::test_is_async", "The view is a coroutine function.", 2, Box.WHITE, False),
    ),
    FAN_OUT.slug: (
        ("test_fan_out.py::test_all_at_once", "All calls run at once.", 1, Box.WHITE, False),
        ("test_fan_out.py::test_keeps_order", "Results keep their order.", 2, Box.WHITE, False),
        ("test_more.py::test_SECRET_limit", "SECRET: never more than five.", 3, Box.WHITE, True),
    ),
    STREAM.slug: (
        ("test_stream.py::test_first_row", "The first row comes at once.", 1, Box.WHITE, False),
        ("test_stream.py::test_memory", "Memory stays flat.", None, Box.WHITE, False),
        ("http.py::test_a_reader_leaves", "A reader who leaves ends it.", 2, Box.BLACK, False),
    ),
}


def kata(
    head: KataHead,
    *verdicts: Verdict,
    fault: str = "",
    handed_in: bool = True,
    notes: tuple[str, ...] = (),
    resembles: tuple[Misconception, ...] = (),
) -> KataMark:
    """Return a mark whose tests ended so, in order; each is worth its share of the kata."""
    rows = TESTS[head.slug]
    worths = share_out(head.points * HUNDREDTHS, {row[0]: 1 for row in rows})
    tests = tuple(
        TestMark(
            id=id,
            title=title,
            task=task,
            verdict=verdict,
            box=box,
            hidden=hidden,
            earned=worths[id] if verdict is Verdict.PASSED and not fault else 0,
            worth=worths[id],
            seconds=0.125,
            **story(verdict, hidden),
        )
        for (id, title, task, box, hidden), verdict in zip(rows, verdicts, strict=True)
    )
    return KataMark(
        head.slug,
        head.title,
        head.chapter,
        head.points,
        tests,
        handed_in=handed_in,
        digest="ab" * 32,
        seed="5eed",
        notes=notes,
        resembles=resembles,
        fault=fault,
        seconds=0.125 * len(tests),
    )


def story(verdict: Verdict, hidden: bool) -> dict[str, Any]:
    """Return what a test that ended so has to tell."""
    word = f"{HIDDEN_WORD}: " if hidden else ""
    if verdict is Verdict.PASSED:
        return {"printed": f"{word}I was here\n"}
    if verdict is Verdict.FAILED:
        return {
            "message": f"{word}fetch_all(5 calls): one after the other; expected at once. (task 1)",
            "error": "AssertionError",
            "where": "views.py:12",
            "printed": f"{word}fetching\n" * 3,
            "timeline": (
                Bar("fetch('oslo')", 0.0, 0.2, "ok"),
                Bar("fetch('rome')", 0.2, None, "cancelled"),
                Bar("fetch('bern')", None, None, "never awaited"),
            ),
        }
    messages = {
        Verdict.TIMEOUT: "No end after 5 s.",
        Verdict.NOT_JUDGED: "The view is sync, which is of task 1.",
        Verdict.CRASHED: "The process died: signal 9.",
        Verdict.MISSING: "No word of this test came back.",
        Verdict.TAMPERED: "A test that must fail passed.",
        Verdict.GRADER_ERROR: "The server did not start.",
    }
    return {"message": word + messages[verdict]}


def gradebook(*submissions: SubmissionMark, heads: tuple[KataHead, ...] = HEADS) -> Gradebook:
    """Return a gradebook that holds these."""
    return Gradebook(
        katas=heads,
        submissions=submissions,
        sandbox="2: bubblewrap",
        versions={"dojo": "0.1.0", "Django": "6.1.3", "Python": "3.13.0"},
        kit="cd" * 32,
        seed="2026",
        graded_at="2026-11-28T10:00:00Z",
    )


def rich() -> Gradebook:
    """Return one gradebook with everything in it that can happen."""
    p, f = Verdict.PASSED, Verdict.FAILED
    loop = Misconception("one_by_one", "A loop that awaits waits for each call in turn.")
    return gradebook(
        SubmissionMark(
            "Ada Lovelace",
            "ada.zip",
            (kata(HELLO, p, p), kata(FAN_OUT, p, p, p), kata(STREAM, p, p, p)),
        ),
        SubmissionMark(
            "bob",
            "bob",
            (
                kata(HELLO, p, f),
                kata(FAN_OUT, f, p, f, resembles=(loop,)),
                kata(
                    STREAM,
                    p,
                    Verdict.TIMEOUT,
                    Verdict.NOT_JUDGED,
                    notes=("extra.py was left out.",),
                ),
            ),
            notes=("2 files were left out: .git/config, notes.txt",),
        ),
        # All that this learner may see has passed; what is hidden has not.
        SubmissionMark(
            "carol",
            "carol.tar.gz",
            (kata(HELLO, p, p), kata(FAN_OUT, p, p, f), kata(STREAM, p, p, p)),
        ),
        SubmissionMark(
            FORMULA,
            "mallory",
            (
                hostile(),
                kata(FAN_OUT, *[Verdict.TAMPERED] * 3),
                kata(STREAM, Verdict.CRASHED, Verdict.MISSING, Verdict.MISSING),
            ),
            notes=(HOSTILE,),
        ),
        SubmissionMark(
            "dan",
            "dan",
            (
                kata(HELLO, p, p),
                kata(
                    FAN_OUT, p, *[Verdict.GRADER_ERROR] * 2, fault="The machine ran out of memory."
                ),
                kata(STREAM, f, f, f, handed_in=False),
            ),
        ),
        SubmissionMark("../../etc/passwd", "e.zip", refused="The archive holds a link: x -> /etc"),
        SubmissionMark("fay", "fay", fault="The folder could not be read: I/O error."),
    )


def hostile() -> KataMark:
    """Return a mark whose every text comes from an enemy."""
    rows = TESTS[HELLO.slug]
    tests = tuple(
        TestMark(
            id=row[0],
            title=row[1],
            task=row[2],
            verdict=Verdict.FAILED,
            worth=150,
            message=HOSTILE,
            error=HOSTILE,
            where=HOSTILE,
            printed=HOSTILE + "x" * 2000,
            seconds=0.125,
            timeline=(Bar(HOSTILE, 0.0, 0.5, "error"),),
        )
        for row in rows
    )
    return KataMark(
        HELLO.slug, HELLO.title, HELLO.chapter, HELLO.points, tests, notes=(HOSTILE,), seconds=0.25
    )


def by_lot(seed: int) -> Gradebook:
    """Return a gradebook in which anything may happen, the same for each *seed*."""
    lot = random.Random(seed)
    heads = tuple(
        KataHead(f"k{number}01_kata", f"Kata {number}", number, lot.randint(1, 20))
        for number in range(1, lot.randint(2, 6))
    )
    return gradebook(
        *(
            submission_by_lot(lot, f"{HOSTILE[:9]}{number}", heads)
            for number in range(lot.randint(0, 5))
        ),
        heads=heads,
    )


def submission_by_lot(lot: random.Random, name: str, heads: tuple[KataHead, ...]) -> SubmissionMark:
    """Return a submission in which anything may happen."""
    if lot.random() < 0.1:
        return SubmissionMark(name, "source", refused=HOSTILE)
    if lot.random() < 0.1:
        return SubmissionMark(name, "source", fault=HOSTILE)
    return SubmissionMark(
        name, "source", tuple(kata_by_lot(lot, head) for head in heads), notes=(HOSTILE,)
    )


def kata_by_lot(lot: random.Random, head: KataHead) -> KataMark:
    """Return a kata in which anything may happen."""
    ids = [f"test_kata.py::test_{number}" for number in range(lot.randint(1, 6))]
    worths = share_out(
        head.points * HUNDREDTHS, {id: lot.randint(0, 3) for id in ids} | {ids[0]: 1}
    )
    fault = HOSTILE if lot.random() < 0.1 else ""
    usual = [Verdict.PASSED] * 5 + [Verdict.FAILED] * 2
    tests = []
    for id in ids:
        verdict = lot.choice([*usual, *Verdict]) if not fault else lot.choice(list(Verdict))
        if verdict is Verdict.GRADER_ERROR and not fault:
            verdict = Verdict.TAMPERED
        hidden = lot.random() < 0.3
        tests.append(
            TestMark(
                id=id,
                title=f"{HIDDEN_WORD if hidden else 'Seen'} {id}",
                task=lot.choice([None, 1, 2]),
                verdict=verdict,
                box=lot.choice(list(Box)),
                hidden=hidden,
                earned=worths[id] if verdict is Verdict.PASSED and not fault else 0,
                worth=worths[id],
                message="" if verdict is Verdict.PASSED else (HIDDEN_WORD if hidden else HOSTILE),
                printed=(HIDDEN_WORD if hidden else HOSTILE) * lot.choice([0, 1, 9]),
                seconds=lot.random(),
            )
        )
    return KataMark(
        head.slug, head.title, head.chapter, head.points, tuple(tests), fault=fault, seconds=1.5
    )
