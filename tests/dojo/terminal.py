"""A terminal to run `dojo` in, as a learner sees it; POSIX alone."""

from __future__ import annotations

import codecs
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from types import TracebackType
from typing import Self

import pyte

from tests.dojo.house import MAIN, House, environment

CLEAR = "\x1b[2J"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Makes the terminal the process's own, so that Ctrl-C reaches it, then becomes `dojo`.
TAKE = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""


class Terminal:
    """Runs ``dojo`` and reads what it writes; reading waits, so nobody has to sleep."""

    def __init__(
        self, house: House, *words: str, size: tuple[int, int] = (100, 30), **environ: str
    ) -> None:
        house.furnish()
        self.text = ""
        # A read may end in the middle of a character.
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.master, slave = pty.openpty()
        self.resize(*size)
        self.child = subprocess.Popen(
            [sys.executable, "-c", TAKE, MAIN, *words],
            cwd=house.root,
            env=environment() | {"TERM": "xterm-256color"} | environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave no process behind, however the test ends."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
        os.close(self.master)

    @property
    def screen(self) -> str:
        """What stands on the screen since it was last cleared."""
        return ESCAPE.sub("", self.text.rpartition(CLEAR)[2]).replace("\r\n", "\n")

    def read(self) -> bool:
        """Wait for some output; False if the program has ended and there is none left."""
        try:
            found = os.read(self.master, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.take(found)
        return bool(found)

    def take(self, found: bytes) -> None:
        """Keep what has been read."""
        self.text += self.decoder.decode(found)

    def wait_for(self, *words: str) -> str:
        """Read until all of *words* stand on one screen, and return it.

        A screen comes in pieces: what is not waited for may be drawn a moment later.
        """
        while not all(word in self.screen for word in words):
            assert self.read(), f"ended without {words} on its last screen:\n{self.screen}"
        return self.screen

    def resize(self, columns: int, lines: int) -> None:
        """Make the window so large, as somebody does who drags its corner."""
        termios.tcsetwinsize(self.master, (lines, columns))

    def press(self, keys: str) -> None:
        """Type *keys*."""
        os.write(self.master, keys.encode())

    def press_ctrl_c(self) -> None:
        """Do what the terminal's driver makes of it: SIGINT to what runs in the foreground."""
        os.write(self.master, b"\x03")

    def end(self) -> int:
        """Read to the end, and return the exit code."""
        while self.read():
            pass
        return self.child.wait()


class Screen(Terminal):
    """A terminal that draws what it is told, so that tests see what a learner sees."""

    def __init__(
        self, house: House, *words: str, size: tuple[int, int] = (100, 30), **environ: str
    ) -> None:
        self.shown = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.shown)
        super().__init__(house, *words, size=size, **environ)

    @property
    def screen(self) -> str:
        """What stands on the screen now."""
        return "\n".join(line.rstrip() for line in self.shown.display)

    def take(self, found: bytes) -> None:
        """Draw what has been read."""
        super().take(found)
        self.stream.feed(found)

    def resize(self, columns: int, lines: int) -> None:
        """Make the window so large; the program is told by a signal."""
        self.shown.resize(lines, columns)
        super().resize(columns, lines)

    def wait_until_drawn(self, word: str) -> None:
        """Read until *word* is drawn anew, whether or not it stands on the screen already."""
        before = len(self.text)
        while word not in self.text[before:]:
            assert self.read(), self.screen

    def wait_until_gone(self, word: str) -> str:
        """Read until *word* is not on the screen any more."""
        while word in self.screen:
            assert self.read(), self.screen
        return self.screen
