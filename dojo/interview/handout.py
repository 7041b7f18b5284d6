"""What a candidate is given: an export, a page of rules, and a file that says which interview."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dojo import export, progress
from dojo.interview import FOLDER, MARK, bundle
from dojo.interview.bundle import Interview
from dojo.model import DojoError, ExitCode, Kata

FIRST = "This copy belongs to an interview: read [INTERVIEW.md](INTERVIEW.md) first.\n\n"
TEXT = """\
# Interview{name}

{count} of asynchronous Django, **{minutes} minutes**. It is about how you work and what you notice;
nobody expects all tests to pass.

## Begin and end

```console
$ python3 -m dojo interview start    # begins your time
$ python3 -m dojo                    # shows a kata, and runs its suite on every save
$ python3 -m dojo interview stop     # ends your time, and says which file to hand back
```

The first command of all makes `.venv` and installs what it needs, which takes a minute and Python
3.11 or later. Your time begins after that.

## The katas

{katas}

Do them in any order: `python3 -m dojo jump {number}` goes to one of them. Each has a brief,
`README.md`, in its folder; read the suites in `tests/`, too.

## Rules

- Change the files that the brief names, and nothing else: the suites that count are not these
  copies, and files besides are not looked at.
- Documentation, search and your own editor are welcome. Whatever else you use, say so afterwards.
- When the time is over, stop where you are. Nothing stops you: the screen says how much is left.

## What is judged

Whether the suites pass on your files, task by task; then the code itself, in a talk about it: why
it is as it is, what else you thought of, what would break in production.

## What is recorded

A file in this folder, `{folder}/record.jsonl`, which you can read at any time:

- when you began and ended, by this machine's clocks;
- for each run by `python3 -m dojo`: when, which kata, how each test ended, and how long it took.
  Runs by `pytest`, `tox` or an editor are not recorded;
- which of the files to edit were already changed at the start, and their hashes at the end.

Not recorded: what you type, other files, other programs, who you are. Nothing is sent anywhere. The
zip that `stop` makes holds the files to edit and this record: look into it, then hand it back.
"""


def new(katas: Sequence[Kata], minutes: int, name: str = "") -> Interview:
    """Return a new interview about *katas*.

    Raises:
        DojoError: *minutes* or *name* can't be used.
    """
    suites = {kata.slug: progress.fingerprint(kata.suite) for kata in katas}
    made = datetime.now(UTC).isoformat(timespec="seconds")
    interview = Interview(secrets.token_hex(4), name, minutes, suites, made)
    try:
        bundle.check(interview)
    except ValueError as error:
        raise DojoError(f"{error}.\nNothing has been written.", code=ExitCode.USAGE) from None
    return interview


def tree(interview: Interview, root: Path, katas: Sequence[Kata]) -> dict[str, bytes]:
    """Return the files of the bundle; see `export.tree`."""
    found = export.tree(root, katas, first=FIRST)
    found[bundle.RULES] = rules(interview, katas).encode()
    table = {"version": bundle.VERSION, **vars(interview)}
    found[MARK] = (json.dumps(table, indent=2, ensure_ascii=False) + "\n").encode()
    return found


def rules(interview: Interview, katas: Sequence[Kata]) -> str:
    """Return what the candidate reads first."""
    return TEXT.format(
        name=f": {interview.name}" if interview.name else "",
        count="One kata" if len(katas) == 1 else f"{len(katas)} katas",
        minutes=interview.minutes,
        katas="\n".join(
            f"- [{kata.number} {kata.title}](katas/{kata.slug}/README.md), {kata.points} points"
            for kata in katas
        ),
        number=katas[-1].number,
        folder=FOLDER,
    )
