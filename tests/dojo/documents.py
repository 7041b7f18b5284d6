"""What the tests of the docs read from them: commands, links, anchors."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.dojo.house import CLONE

MARKDOWN = MarkdownIt("commonmark").enable("table")
GUIDES = ("README.md", "INSTRUCTORS.md", "CONTRIBUTING.md", "docs/**/*.md")
BRIEFS = "katas/*/README.md"
OTHERS = ("CHANGELOG.md", "katas/*/hints.md", "solutions/*/README.md")
# Programs whose command lines can be checked without running them.
CHECKED = ("dojo", "pytest", "tox", "pip")
PYTHONS = ("python", "python3")
SHELLS = ("sh", "bash", "shell")
ENDS = {";", "|", "||", "&", "&&", ">", ">>", "<"}
# What stands for a word of the reader's own: KATA, <folder>.
PLACEHOLDER = re.compile(r"<[\w -]+>|\b[A-Z][A-Z_]*\b(?!=)")
OPTIONAL = re.compile(r"(?<!\S)\[[^\]]*\](?=\s|$)|…|\.\.\.")


@dataclass(frozen=True)
class Command:
    """A command line that a document prints.

    Attributes:
        where: The document and its line.
        program: What runs: `dojo` for `python3 -m dojo` too; `python` for a script.
        words: Its arguments.
        inline: It stands in a sentence, where `dojo run` may stand for the command as such.
        filled_in: A word stands for one of the reader's own, such as KATA.
    """

    where: str
    program: str
    words: tuple[str, ...]
    inline: bool = False
    filled_in: bool = False

    @property
    def text(self) -> str:
        """The command as one would type it."""
        return shlex.join([self.program, *self.words])


@dataclass(frozen=True)
class Link:
    """A link, or an address that is none (*bare*)."""

    where: str
    target: str
    bare: bool = False


def found(*patterns: str) -> list[Path]:
    """Return the documents of these names that exist."""
    return [path for pattern in patterns for path in sorted(CLONE.glob(pattern))]


def name(path: Path) -> str:
    """Return a document's path from the root."""
    return path.relative_to(CLONE).as_posix()


def tokens(path: Path) -> Iterator[tuple[str, Token]]:
    """Yield each token with its place; inline ones with that of their block."""
    where = name(path)
    for block in MARKDOWN.parse(path.read_text(encoding="utf-8")):
        line = f"{where}:{block.map[0] + 1}" if block.map else where
        yield line, block
        for inline in block.children or ():
            yield line, inline


def commands(path: Path) -> Iterator[Command]:
    """Yield the command lines in blocks for a shell and in inline code."""
    for where, token in tokens(path):
        if token.type == "fence":
            text = token.content.replace("\\\n", " ")
            lines = text.splitlines()
            prompted = [line[2:] for line in lines if line.startswith("$ ")]
            for line in lines if token.info in SHELLS else prompted:
                yield from split(where, line)
        elif token.type == "code_inline":
            for command in split(where, token.content):
                yield replace(command, inline=True)


def split(where: str, line: str) -> Iterator[Command]:
    """Yield the commands of a line that start a program which can be checked."""
    line, filled_in = PLACEHOLDER.subn("1", OPTIONAL.sub("", line))
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        words = [*lexer]
    except ValueError:  # a quotation mark in what is no command
        return
    while words:
        end = next((n for n, word in enumerate(words) if word in ENDS), len(words))
        if command := recognise(where, words[:end]):
            yield replace(command, filled_in=filled_in > 0)
        words = words[end + 1 :]


def recognise(where: str, words: list[str]) -> Command | None:
    """Return the command that *words* are, if its program is one that can be checked."""
    while words and re.match(r"[A-Z]\w*=", words[0]):
        words = words[1:]
    if len(words) > 1 and words[0] in PYTHONS:
        if words[1] != "-m":
            return Command(where, "python", tuple(words[1:]))
        words = words[2:]
    if words and words[0] in CHECKED:
        return Command(where, words[0], tuple(words[1:]))
    return None


def links(path: Path) -> Iterator[Link]:
    """Yield the links, and the addresses that stand in the text as they are."""
    for where, token in tokens(path):
        if token.type == "link_open":
            yield Link(where, str(token.attrs["href"]), bare=token.markup == "autolink")
        elif token.type == "text":
            for address in re.findall(r"https?://\S+", token.content):
                yield Link(where, address, bare=True)


def anchors(path: Path) -> set[str]:
    """Return the anchors that GitHub makes of the headings."""
    blocks = MARKDOWN.parse(path.read_text(encoding="utf-8"))
    pairs = itertools.pairwise(blocks)
    headings = [after.content for block, after in pairs if block.type == "heading_open"]
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in plain}
