"""Runs commands while telling what they do; standard library alone, for the set-up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections import deque
from typing import IO, Self, TextIO

TAIL_LINES = 200
# The lines of pip and of uv that say something to somebody who waits.
TELLING = {
    r"Collecting ([\w.-]+)": r"fetching \1",
    r"\s*Downloading ([a-z\d-]+) ": r"fetching \1",  # uv; where pip says this, it names a file
    r"\s*Installing build dependencies: started": "fetching what builds the project",
    r"Installing collected packages:(?!.*\bpip\b)|Prepared ": "unpacking all packages",
    r".*Retrying": "no answer from the package index; trying again",
}


class Ticker:
    """One live line in a terminal, plain lines elsewhere: step, what is in hand, seconds."""

    def __init__(self, stream: TextIO, *, steps: int) -> None:
        self.stream = stream
        self.live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self.steps = steps
        self.number = 0
        self.title = self.detail = ""
        self.started = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.draw_until_over, daemon=True)

    def __enter__(self) -> Self:
        if self.live:
            self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.over.set()
        if self.live:
            self.thread.join()

    def step(self, title: str) -> None:
        """Begin the next step."""
        self.number += 1
        self.title, self.detail = title, ""
        self.tell(f"[{self.number}/{self.steps}] {title}")

    def output(self, line: str) -> None:
        """Take note of a line that a command has printed."""
        for pattern, text in TELLING.items():
            match = re.match(pattern, line)
            if match and (detail := match.expand(text)) != self.detail:
                self.detail = detail
                self.tell(f"      {detail}")

    def tell(self, line: str) -> None:
        """Print *line* where there is no live line."""
        if not self.live:
            print(line, file=self.stream, flush=True)

    def line(self, seconds: float) -> str:
        """Return what the live line says."""
        return f"[{self.number}/{self.steps}] {self.title}  {seconds:.0f} s  {self.detail}"

    def draw_until_over(self) -> None:
        """Redraw the live line ten times a second, then wipe it."""
        width = shutil.get_terminal_size().columns - 1
        while not self.over.wait(0.1):
            line = self.line(time.monotonic() - self.started)[:width].ljust(width)
            print("\r" + line, end="", file=self.stream, flush=True)
        print("\r" + " " * width, end="\r", file=self.stream, flush=True)


class Shell:
    """Runs commands one after the other, into a log.

    Attributes:
        tail: The last lines that the last command printed.
    """

    def __init__(self, log: TextIO, ticker: Ticker, environ: dict[str, str], lock: IO[str]) -> None:
        self.log = log
        self.ticker = ticker
        self.environ = environ
        self.lock = lock
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)

    def run(self, *command: str) -> bool:
        """Run *command* and tell whether it ended with exit code 0."""
        self.tail.clear()
        print("$", *command, file=self.log, flush=True)
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # A child that outlives us goes on writing: it keeps the lock for that long.
            pass_fds=[] if os.name == "nt" else [self.lock.fileno()],
        )
        with process:
            try:
                for line in process.stdout or ():
                    print(line, end="", file=self.log, flush=True)
                    self.tail.append(line.rstrip())
                    self.ticker.output(line)
            except BaseException:
                process.terminate()
                process.wait()
                raise
        return process.returncode == 0
