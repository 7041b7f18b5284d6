"""Run a kata's black-box checks: the site behind walls, the check in this process."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import random
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from dojo import blackbox
from dojo.blackbox.checks import FILE, Check, Checks, NotJudged
from dojo.blackbox.site import Site
from dojo.blackbox.upstream import Upstream
from dojo.blackbox.waiting import LOOK_S, Patience
from dojo.grading.events import LONGEST
from dojo.grading.ground import Ground
from dojo.grading.kit import Kit
from dojo.grading.model import Bar, Box, TestMark, Verdict
from dojo.grading.sandbox import Level, Limits, Running
from dojo.grading.sandbox.stillness import Stillness
from dojo.model import DojoError, Kata
from dojo.site import behind_walls

# Seconds between two looks at the site while it comes up.
UP_S = 0.02
# Seconds for a check to see that a connection has broken off.
BROKEN_OFF_S = 1.0
# Errors that this machine brings about, and no site.
OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC})
# How the message of a check begins for which there was no site.
NOT_LOADED = "The site can't be loaded"


@dataclass(frozen=True)
class Stand:
    """Where a kata's checks are made.

    Attributes:
        submission: Folder with the submission's files of this kata.
        seed: What inputs are drawn from.
    """

    kit: Kit
    kata: Kata
    checks: Checks
    submission: Path
    level: Level
    limits: Limits
    seed: str

    def draw(self, check: Check) -> random.Random:
        """Return what *check* draws its inputs from: the same for the same seed."""
        return random.Random(f"{self.seed}/{self.kata.slug}/{check.name}")  # noqa: S311

    def ground(self) -> Ground:
        """Return what the sites of these checks stand on."""
        order = {
            "slug": self.kata.slug,
            "services": self.checks.services,
            "watched": self.checks.watched,
            "settings": self.checks.settings,
            "queries": self.checks.queries,
            "clock": self.checks.clock,
            "row_locks": self.kata.database == "rowlock",
        }
        return Ground(
            self.level,
            self.limits,
            order,
            project=self.kit.project(self.kata),
            library=self.kit.library,
            submission=self.submission,
        )


def mark(stand: Stand, check: Check) -> TestMark:
    """Return the mark of one check, without points."""
    return marks(stand, [check])[0]


def marks(stand: Stand, checks: Sequence[Check], *, late: bool = False) -> list[TestMark]:
    """Return the marks of *checks*, without points, each on a site of its own.

    Once a site has used up its deadline, no other one is started.

    Args:
        late: Whether the submission has used up its time before.
    """
    found: list[TestMark] = []
    with stand.ground() as ground:
        for check in checks:
            blank = TestMark(check.id, check.title, check.task, Verdict.PASSED, Box.BLACK)
            late |= ground.late
            found.append(not_made(blank) if late else made(stand, check, ground, blank))
    return found


def is_loaded(mark: TestMark) -> bool:
    """Tell whether there was a site for the check to ask."""
    return bool(mark.error) or not mark.message.startswith(NOT_LOADED)


def not_made(blank: TestMark) -> TestMark:
    """Return the mark of a check on a submission that has used up its time before."""
    message = "Not made: the submission used up its time before."
    return replace(blank, verdict=Verdict.TIMEOUT, message=message)


def made(stand: Stand, check: Check, ground: Ground, blank: TestMark) -> TestMark:
    """Make a check, and return its mark."""
    running = ground.clear(check.rows(stand.draw(check)) if check.rows else [])
    began = time.monotonic()
    try:
        found = asyncio.run(Judged(stand, check, ground, running).mark(blank))
    finally:
        printed = ground.end()
    loaded = not ground.ending or ground.ending[0] != behind_walls.NOT_LOADED
    if found.verdict is Verdict.CRASHED and not loaded:
        why = printed.strip().rpartition("\n")[2][:LONGEST]
        found = replace(found, verdict=Verdict.FAILED, message=f"{NOT_LOADED}: {why}")
    if running.killed:
        message = f"The site was ended: {running.killed}."
        found = replace(found, verdict=Verdict.CRASHED, message=message)
    return replace(found, seconds=time.monotonic() - began, printed=printed[-2000:])


class Judged:
    """One check of one site that runs."""

    def __init__(self, stand: Stand, check: Check, ground: Ground, running: Running) -> None:
        self.stand, self.check, self.ground, self.running = stand, check, ground, running
        self.patience = Patience()
        self.upstream, self.database = Upstream(self.patience), Upstream(self.patience)

    async def mark(self, blank: TestMark) -> TestMark:
        """Return what became of the check."""
        shared = self.ground.shared
        async with (
            self.upstream.listening(shared / behind_walls.UPSTREAM),
            self.database.listening(shared / behind_walls.DATABASE),
        ):
            self.ground.begin()
            checking = asyncio.create_task(self.made())
            watching = asyncio.create_task(self.watched())
            await asyncio.wait({checking, watching}, return_when=asyncio.FIRST_COMPLETED)
            # A site that goes away during a request fails its check, and has not only crashed.
            if not self.running.killed:
                await asyncio.wait({checking}, timeout=BROKEN_OFF_S)
            if not checking.done():
                checking.cancel()
            watching.cancel()
            await asyncio.gather(checking, watching, return_exceptions=True)
        found = replace(blank, timeline=self.bars()[:50])
        if checking.cancelled():
            ending = self.ground.ending
            code = ending[0] if ending else self.running.child.poll()
            return replace(
                found,
                verdict=Verdict.CRASHED,
                message=f"The site ended before the check was made, with exit code {code}.",
            )
        error = checking.exception()
        if error is None:
            return found
        if isinstance(error, NotJudged):
            return replace(found, verdict=Verdict.NOT_JUDGED, message=str(error)[:LONGEST])
        if ours(error):
            raise error
        if spot := spot_in_checks(error):
            raise DojoError(
                f"{spot}: the check {self.check.name} stumbles: {type(error).__name__}: {error}. "
                "Mend it, so that what a site sends makes it fail at most by AssertionError."
            ) from error
        # What the site sends can make a library stumble, too.
        kind = type(error).__name__
        said = str(error) if isinstance(error, AssertionError) else f"{kind}: {error}"
        return replace(found, verdict=Verdict.FAILED, message=said[:LONGEST], error=kind)

    def bars(self) -> tuple[Bar, ...]:
        """Return the calls and queries of the site as a timeline."""
        bars = (*self.upstream.bars(), *self.database.bars())
        return tuple(sorted(bars, key=lambda bar: bar.begin or 0))

    async def made(self) -> None:
        """Wait for the site, and make the check."""
        await self.up()
        site = Site(self.ground.place, self.upstream, self.database, self.patience)
        try:
            await self.check.function(site, self.stand.draw(self.check))
        finally:
            self.upstream.release()
            self.database.release()
            await site.client.aclose()

    async def up(self) -> None:
        """Wait until the site accepts connections."""
        while True:
            try:
                _, writer = await asyncio.open_unix_connection(self.ground.place)
            except OSError:
                await asyncio.sleep(UP_S)
            else:
                writer.close()
                return

    async def watched(self) -> None:
        """Return when the site has ended or breaks a limit; see meanwhile if it stands still."""
        loop, ground, said = asyncio.get_running_loop(), self.ground, asyncio.Event()
        stillness = Stillness(self.running)

        def hear() -> None:
            ground.hear()
            said.set()
            if ground.gone or ground.ending:
                loop.remove_reader(ground.control)

        loop.add_reader(ground.control, hear)
        try:
            while not (ground.ending or self.running.child.poll() is not None):
                if self.running.over_limit():
                    return
                said.clear()
                await self.patience.heed(stillness.look())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(said.wait(), LOOK_S)
        finally:
            loop.remove_reader(ground.control)


def ours(error: BaseException) -> bool:
    """Tell whether a check was stopped by a fault of this machine."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in OURS)


def spot_in_checks(error: BaseException) -> str:
    """Return file and line of the checks' own code that raised; empty for a verdict on the site.

    A site that finds out what makes a check stumble can bring this about: it then gets no mark, and
    the instructor reads why. That is neither points nor an unjust zero.
    """
    if isinstance(error, AssertionError | httpx.HTTPError | OSError | EOFError):
        return ""
    last = traceback.extract_tb(error.__traceback__)[-1]
    own = Path(last.filename)
    if own.name == FILE or own.parent == Path(blackbox.__file__).parent:
        return f"{own.parent.name}/{own.name}:{last.lineno}"
    return ""
