"""What is taken of a submission, and what is not: each case with a real file."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import socket
import stat
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dojo.grading import archives, bundles, folders, members, places
from dojo.grading.intake import Source
from dojo.grading.unpack import HandIn, unpack
from dojo.model import DojoError, Kata
from tests.dojo.conftest import Build
from tests.dojo.grading.packing import Files, as_bundle, as_clone, as_folder, as_tar, as_zip, git

ONE, TWO = "k101_double", "k204_prove"
VIEWS = b"async def double(number): ...\n"
# What is no text, and no Python, is for the suite to judge.
PROOF = b"\xff\x00 caf\xe9"
HANDED_IN = {f"katas/{ONE}/views.py": VIEWS, f"katas/{TWO}/test_it.py": PROOF}
TAKEN = {ONE: {"views.py": VIEWS}, TWO: {"test_it.py": PROOF}}


@pytest.fixture(scope="module")
def katas(build: Build) -> tuple[Kata, Kata]:
    """Return two katas: one to be edited, and one that files may be added to."""
    one = build().kata()
    two = replace(one, slug=TWO, edit=("test_it.py",), may_add=("test_*.py", "*.py"))
    return one, two


def taken(path: Path, katas: tuple[Kata, ...]) -> HandIn:
    """Take in what is at *path*; what is said of it never holds a control character."""
    found = unpack(Source("alice", path), katas)
    assert all(line.isprintable() for line in (*found.notes, found.refused)), found
    assert not (found.refused and found.files)
    return found


PACKERS: dict[str, Callable[[Path, Files], Path]] = {
    "folder": as_folder,
    "a.zip": as_zip,
    "a.tar": as_tar,
    "a.tar.gz": as_tar,
    "a.tar.bz2": as_tar,
    "a.tar.xz": as_tar,
    "a.bundle": as_bundle,
}
PLANTED = {
    f"katas/{ONE}/{name}": b"import os; os._exit(0)"
    for name in ("conftest.py", "__init__.py", "README.md", "pytest.ini", "sub/views.py")
} | {
    f"katas/{TWO}/{name}": b"x"
    for name in ("conftest.py", "sitecustomize.py", "test_more.py", "sub/test_deep.py")
}
BESIDE = {
    ".venv/katas/k101_double/views.py": b"hidden",
    ".dojo/kept/katas/k101_double/views.py": b"kept by reset",
    "katas/k101_double/__pycache__/views.py": b"cache",
    "katas/k101_double/._views.py": b"macOS",
    "__MACOSX/katas/k101_double/views.py": b"macOS",
    "tests/k204_prove/test_suite.py": b"the suite",
    "solutions/k101_double/answer/views.py": b"an answer",
    "conftest.py": b"raise SystemExit",
    "pyproject.toml": b"",
}


@pytest.mark.parametrize("kind", PACKERS)
def test_the_files_of_its_katas_are_taken_and_no_others(
    kind: str, katas: tuple[Kata, Kata], tmp_path: Path
) -> None:
    """Whatever a submission is packed in, and whatever else is in it."""
    files = {
        f"dojo-main/{name}": content for name, content in (HANDED_IN | PLANTED | BESIDE).items()
    }
    found = taken(PACKERS[kind](tmp_path / kind, files), katas)

    assert found.files == TAKEN | {TWO: {"test_it.py": PROOF, "test_more.py": b"x"}}
    more = "'conftest.py', 'sitecustomize.py', 'sub/test_deep.py'"
    assert found.notes == (
        f"{ONE}: left out, not asked for: 'conftest.py', 'pytest.ini', 'sub/views.py'.",
        f"{TWO}: left out, not asked for: {more}.",
    )


ELSE = b"another"


@pytest.mark.parametrize(
    ("files", "expected", "said"),
    [
        ({f"{ONE}/views.py": VIEWS}, {ONE: {"views.py": VIEWS}}, ""),
        ({f"a/b/c/{ONE}/views.py": VIEWS}, {ONE: {"views.py": VIEWS}}, ""),
        ({f"{ONE}/{ONE}/views.py": VIEWS}, {ONE: {"views.py": VIEWS}}, ""),
        (
            {"katas/k933_double/views.py": VIEWS},
            {ONE: {"views.py": VIEWS}},
            "taken from 'katas/k933",
        ),
        (
            {"katas/k933_double/views.py": ELSE, f"katas/{ONE}/views.py": VIEWS},
            {ONE: {"views.py": VIEWS}},
            "k101_double: passed over, 'katas/k933_double'.",
        ),
        (
            {f"mine/{ONE}/views.py": ELSE, f"x/katas/{ONE}/views.py": VIEWS},
            {ONE: {"views.py": VIEWS}},
            "k101_double: passed over, 'mine/k101_double'.",
        ),
        (
            {f"week1/{ONE}/views.py": VIEWS, f"week2/{TWO}/test_it.py": PROOF},
            TAKEN,
            "",
        ),
        ({f"katas/{TWO}/test_mine.py": PROOF}, {TWO: {"test_mine.py": PROOF}}, ""),
        (
            {f"a/{ONE}/views.py": VIEWS, f"b/{ONE}/views.py": VIEWS},
            {},
            "it holds k101_double more than once: 'a/k101_double', 'b/k101_double'. Leave one.",
        ),
        ({"views.py": VIEWS}, {}, "it holds no file of a kata that was asked for."),
        ({"katas/k101_doubles/views.py": VIEWS}, {}, "it holds no file of a kata"),
        ({f"katas/{ONE}/README.md": b""}, {}, "it holds no file of a kata"),
        ({f"katas/{ONE.upper()}/views.py": VIEWS}, {}, "it holds no file of a kata"),
        ({"work/inner.zip": b"PK"}, {}, "archives, which are not opened: 'work/inner.zip'."),
    ],
)
def test_where_katas_are_looked_for(
    files: Files,
    expected: Mapping[str, Files],
    said: str,
    katas: tuple[Kata, Kata],
    tmp_path: Path,
) -> None:
    """By name, wherever they lie; what is ambiguous is refused."""
    found = taken(as_zip(tmp_path / "a.zip", files), katas)

    assert found.files == expected
    assert said in " ".join([*found.notes, found.refused])
    assert bool(found.refused) is not bool(expected)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"views.py": VIEWS, "notes.md": b""}, VIEWS),
        ({"Alice_12_file/answer/views.py": VIEWS}, VIEWS),
        ({"views.py": ELSE, f"{ONE}/views.py": VIEWS}, VIEWS),
        ({"a/b/c/views.py": ELSE}, None),
        ({"a/views.py": ELSE, "b/views.py": VIEWS}, None),
        ({"katas/newsroom/views.py": ELSE}, None),
    ],
)
def test_files_of_a_single_kata_may_lie_bare(
    files: Files, expected: bytes | None, katas: tuple[Kata, Kata], tmp_path: Path
) -> None:
    """As somebody hands them in who was asked for one kata."""
    found = taken(as_folder(tmp_path / "a", files), katas[:1])

    assert found.files == ({ONE: {"views.py": expected}} if expected else {})
    assert bool(found.refused) is (expected is None)


NAMES = {
    f"../katas/{ONE}/views.py": "leads out",
    f"katas/../../{ONE}/views.py": "leads out",
    f"/katas/{ONE}/views.py": "leads out",
    f"C:/katas/{ONE}/views.py": "leads out",
    f"katas\\{ONE}\\views.py": "backslash",
}


@pytest.mark.parametrize("kind", ["a.zip", "a.tar"])
@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_out_are_refused(
    name: str, kind: str, katas: tuple[Kata, Kata], tmp_path: Path
) -> None:
    """The whole archive: no honest one has them."""
    found = taken(PACKERS[kind](tmp_path / kind, HANDED_IN | {name: b"x"}), katas)

    assert NAMES[name] in found.refused


def changed(path: Path, old: bytes, new: bytes) -> Path:
    """Put *new* for every *old*, of the same length, in a file that has some."""
    content = path.read_bytes()
    assert old in content
    assert len(old) == len(new)
    path.write_bytes(content.replace(old, new))
    return path


def test_names_in_a_zip_are_read_to_their_end(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """Zipfile takes a name up to its first NUL for the whole."""
    archive = as_zip(tmp_path / "a.zip", {f"katas/{ONE}/views.py@.txt": b"x"})

    assert "a NUL" in taken(changed(archive, b"@", b"\0"), katas).refused


def test_odd_names_are_left_out_and_shown_escaped(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """Control characters, what is no UTF-8, what turns text around, and what is long."""
    odd = ("\x1b[31m", "\udcff", "\u202e", "\r\n")
    files = HANDED_IN | {f"katas/{TWO}/test_{name}.py": b"x" for name in odd}
    found = taken(as_tar(tmp_path / "a.tar", files), katas)
    long = taken(as_zip(tmp_path / "a.zip", HANDED_IN | {f"katas/{ONE}/{'x' * 999}": b""}), katas)

    assert found.files == long.files == TAKEN
    assert found.notes == (
        f"{TWO}: left out, no name for a file: "
        r"'test_\x1b[31m.py', 'test_\udcff.py', 'test_\u202e.py' and 1 more.",
    )
    assert long.notes == (f"{ONE}: left out, not asked for: '{'x' * 79}…'.",)


def test_names_that_differ_in_case_alone(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """On some systems they are one file; what is to be edited comes first."""
    more = {f"katas/{TWO}/test_{name}.py": b"x" for name in ("IT", "one", "One")}
    found = taken(as_tar(tmp_path / "a.tar", more | HANDED_IN), katas)

    assert found.files[TWO] == {"test_it.py": PROOF, "test_one.py": b"x"}
    assert found.notes == (
        f"{TWO}: left out, differs from another in case alone: 'test_IT.py', 'test_One.py'.",
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_file_that_is_there_twice_is_refused(
    kind: str, katas: tuple[Kata, Kata], tmp_path: Path
) -> None:
    """Programs differ in which of them they unpack."""
    path, name = tmp_path / f"a.{kind}", f"katas/{ONE}/views.py"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, b"one")
            archive.writestr(name, b"two")
    else:
        as_tar(path, {name: b"one", f"./{name}": b"two"})

    assert taken(path, katas).refused == f"'{name}' is in it twice."


def test_files_larger_than_the_cap_are_left_out(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """Before they are unpacked; what nobody asks for may be large."""
    large = bytes(50_000_000)
    more = {f"katas/{TWO}/test_large.py": large, "film.mp4": large}
    for path in (as_zip(tmp_path / "a.zip", HANDED_IN | more), tmp_path / "folder"):
        if path.suffix != ".zip":
            as_folder(path, HANDED_IN)
            with (path / f"katas/{TWO}/test_large.py").open("wb") as file:
                file.truncate(len(large))
        found = taken(path, katas)

        assert found.files == TAKEN
        assert found.notes == (f"{TWO}: left out, larger than 1 MB: 'test_large.py'.",)


def test_a_tar_that_grows_without_end_is_refused(
    katas: tuple[Kata, Kata], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is decompressed, whatever it says."""
    monkeypatch.setattr(archives, "MOST_UNPACKED", 3_000_000)
    entry = tarfile.TarInfo("film.mp4")
    entry.size = 1 << 40
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        path = tmp_path / "a.tar"
        path.write_bytes(pack(entry.tobuf() + bytes(4_000_000)))

        assert taken(path, katas).refused.startswith("it holds more than 3 MB.")


def test_headers_without_end_are_refused(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """Tarfile reads a name in one go, and headers of headers by recursion."""
    entry = tarfile.TarInfo("././@LongLink")
    entry.type, entry.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    (tmp_path / "a.tar").write_bytes(entry.tobuf(tarfile.GNU_FORMAT))
    entry.size = 1
    nested = (entry.tobuf(tarfile.GNU_FORMAT) + b"x" + bytes(511)) * 5_000
    (tmp_path / "b.tar").write_bytes(nested)

    assert taken(tmp_path / "a.tar", katas).refused == "the headers in it are too long."
    assert taken(tmp_path / "b.tar", katas).refused.startswith("it can't be read to its end")


def test_too_much_is_refused(
    katas: tuple[Kata, Kata], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many files, folders, bytes in all, or bytes of names."""
    for module in (archives, bundles, folders):
        monkeypatch.setattr(module, "MOST_MEMBERS", 9)
    many = {f"x{number}/y": b"" for number in range(10)}
    for kind, pack in PACKERS.items():
        assert "more than 50,000 files" in taken(pack(tmp_path / kind, many), katas).refused, kind
    empty = tmp_path / "empty"
    for number in range(10):
        (empty / str(number)).mkdir(parents=True)
    assert "more than 50,000 files" in taken(empty, katas).refused
    few = {f"katas/{TWO}/test_{number}.py": b"12345" for number in range(4)}
    archive = as_zip(tmp_path / "few.zip", few)
    monkeypatch.setattr(places, "MOST_BYTES", 19)
    assert "in the folders of katas" in taken(archive, katas).refused
    monkeypatch.setattr(places, "MOST_BYTES", 20)
    assert len(taken(archive, katas).files[TWO]) == 4
    monkeypatch.setattr(places, "MOST_FILES", 3)
    assert "in the folders of katas" in taken(archive, katas).refused
    monkeypatch.setattr(archives, "MOST_DIRECTORY", 100)
    assert "more than 50,000 files" in taken(archive, katas).refused


def zip_entry(path: Path, **changes: int) -> Path:
    """Make a zip in which the directory says something else of the only file than it is."""
    as_zip(path, {f"katas/{ONE}/views.py": VIEWS * 99})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    where = {"flag": (8, "<H"), "method": (10, "<H"), "size": (24, "<L"), "mode": (38, "<L")}
    for key, value in changes.items():
        offset, shape = where[key]
        struct.pack_into(shape, content, at + offset, value)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"flag": 1}, "is encrypted"),
        ({"method": zipfile.ZIP_BZIP2}, "compressed by a method"),
        ({"method": 99}, "compressed by a method"),
        ({"size": 3}, "it can't be read to its end: Bad CRC-32"),
        ({"size": 900_000}, "it can't be read to its end"),
        ({"mode": (stat.S_IFLNK | 0o777) << 16}, "it holds no file of a kata"),
        ({"mode": (stat.S_IFIFO | 0o777) << 16}, "it holds no file of a kata"),
    ],
)
def test_zips_that_are_not_what_they_say(
    changes: dict[str, int], said: str, katas: tuple[Kata, Kata], tmp_path: Path
) -> None:
    """Refused, or the link left out."""
    found = taken(zip_entry(tmp_path / "a.zip", **changes), katas)

    assert said in found.refused
    if "mode" in changes:
        assert found.notes == (f"{ONE}: left out, a link or a device: 'views.py'.",)


def test_a_zip_of_which_files_overlap_is_refused(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """However small, it may become anything."""
    path = as_zip(tmp_path / "a.zip", {f"katas/{ONE}/views.py": VIEWS, "b": VIEWS})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.rindex(b"PK\x01\x02") + 42, 0)
    path.write_bytes(content)

    assert taken(path, katas).refused == "files in it overlap, as in a zip bomb."


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_and_devices_in_a_tar_are_left_out(
    kind: bytes, katas: tuple[Kata, Kata], tmp_path: Path
) -> None:
    """Also those that would put a file where another is looked for."""
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for name in (f"katas/{ONE}/views.py", "shortcut"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo(f"katas/{TWO}/test_it.py")
        entry.size = len(PROOF)
        archive.addfile(entry, io.BytesIO(PROOF))
    found = taken(path, katas)

    why = "a sparse file" if kind == tarfile.GNUTYPE_SPARSE else "a link or a device"
    assert found.files == {TWO: TAKEN[TWO]}
    assert found.notes == (
        f"{ONE}: left out, {why}: 'views.py'.",
        f"left out, {why}: 'shortcut'.",
    )


def test_damaged_archives_are_refused(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """Cut off anywhere, with any byte changed, or nothing like an archive."""
    for kind in ("a.zip", "a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz", "a.bundle"):
        path = PACKERS[kind](tmp_path / kind, HANDED_IN)
        whole = path.read_bytes()
        # A bundle costs four processes each time.
        parts = 3 if kind == "a.bundle" else 40
        end = whole.rstrip(b"\0") if kind == "a.tar" else whole
        for length in range(1, len(end), len(end) // parts + 1):
            path.write_bytes(whole[:length])
            assert taken(path, katas).refused, (kind, length)
        if kind != "a.bundle":
            for at in range(0, len(end), len(end) // parts + 1):
                path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
                taken(path, katas)
    said = "it is no zip, tar (.gz, .bz2, .xz) or git bundle, or a damaged one."
    for content in (b"x", b"Rar!\x1a\x07\x01\0" * 99, b"print('hello')\n" * 99):
        (tmp_path / "a.rar").write_bytes(content)
        assert taken(tmp_path / "a.rar", katas).refused == said


def test_what_can_not_be_opened_is_refused(
    katas: tuple[Kata, Kata], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing path, an empty one, a link, a pipe, and what nobody may read."""
    (tmp_path / "empty.zip").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(as_folder(tmp_path / "true", HANDED_IN))
    os.mkfifo(tmp_path / "pipe")
    seen = {
        name: taken(tmp_path / name, katas).refused
        for name in ("missing", "empty.zip", "folder", "link", "pipe")
    }
    none = as_zip(tmp_path / "none.zip", {})

    assert seen == {
        "missing": "there is no such file or folder.",
        "empty.zip": "it is empty.",
        "folder": taken(none, katas).refused,
        "link": "it is a link. Give what it points to.",
        "pipe": "it is neither a file nor a folder.",
    }
    assert seen["folder"].startswith("it holds no file of a kata")
    forbid(monkeypatch, "true")
    assert taken(tmp_path / "true", katas).refused == "reading it is not permitted."


def forbid(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Let files or folders be such as must not be opened, also by root."""
    true = folders.open_quietly

    def open_quietly(path: str | os.PathLike[str], folder: int | None = None) -> int:
        if os.path.basename(path) in names:
            raise PermissionError(13, "Permission denied")
        return true(path, folder)

    patch.setattr(folders, "open_quietly", open_quietly)


def test_hostile_folders(
    katas: tuple[Kata, Kata], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No link is followed, nothing blocks, and the rest is taken."""
    secret = as_folder(tmp_path / "secret", {"test_secret.py": b"secret"})
    folder = as_folder(tmp_path / "alice", HANDED_IN)
    two = folder / "katas" / TWO
    (two / "test_link.py").symlink_to(secret / "test_secret.py")
    (two / "test_gone.py").symlink_to("nowhere")
    (folder / "katas/k333_double").symlink_to(secret)
    os.mkfifo(two / "test_pipe.py")
    with socket.socket(socket.AF_UNIX) as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(two)
        server.bind("test_socket.py")
    (two / "test_folder.py").mkdir()
    (two / "test_forbidden.py").touch()
    (folder / "shut").mkdir()
    deep = folder.joinpath(*["d"] * 40, "katas", ONE)
    deep.mkdir(parents=True)
    (deep / "views.py").touch()
    forbid(monkeypatch, "test_forbidden.py", "shut")
    found = taken(folder, katas)

    assert found.files == TAKEN
    assert found.notes == (
        f"{TWO}: left out, can't be read: 'test_forbidden.py'.",
        f"{TWO}: left out, a link: 'test_gone.py', 'test_link.py'.",
        f"{TWO}: left out, neither a file nor a folder: 'test_pipe.py', 'test_socket.py'.",
        f"left out, below 32 folders: '{'d/' * 32}d'.",
        "left out, a link: 'katas/k333_double'.",
        "left out, can't be read: 'shut'.",
    )


def test_a_folder_that_changes_meanwhile(
    katas: tuple[Kata, Kata], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was a file is a link, is gone, or has grown when it is opened."""
    folder = as_folder(tmp_path / "alice", HANDED_IN)
    two = folder / "katas" / TWO
    for name in ("gone", "grown", "link", "pipe"):
        (two / f"test_{name}.py").touch()
    true = folders.read

    def read(name: str, at: int) -> bytes:
        path = two / name
        if name != "test_it.py" and path.exists():
            path.unlink()
        if name == "test_link.py":
            path.symlink_to("/etc/passwd")
        if name == "test_pipe.py":
            os.mkfifo(path)
        if name == "test_grown.py":
            path.write_bytes(bytes(1_000_001))
        return true(name, at)

    monkeypatch.setattr(folders, "read", read)
    found = taken(folder, katas)

    assert found.files == TAKEN
    assert found.notes == (
        f"{TWO}: left out, can't be read: 'test_gone.py', 'test_link.py'.",
        f"{TWO}: left out, larger than 1 MB: 'test_grown.py'.",
        f"{TWO}: left out, neither a file nor a folder: 'test_pipe.py'.",
    )


def test_git_never_runs_in_a_clone(katas: tuple[Kata, Kata], tmp_path: Path) -> None:
    """Its configuration would run programs; its files are read as they lie."""
    clone = as_clone(tmp_path / "alice", HANDED_IN)
    ran = tmp_path / "ran"
    git(clone, "config", "core.fsmonitor", f"touch {ran}")

    assert taken(clone, katas).files == TAKEN
    assert not ran.exists()


def test_bundles(katas: tuple[Kata, Kata], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One commit counts; links and submodules are left out; nothing stays on disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(as_folder(tmp_path / "temporary", {})))
    clone = as_clone(tmp_path / "alice", HANDED_IN)
    (clone / f"katas/{TWO}/test_link.py").symlink_to("/etc/passwd")
    (clone / ".gitattributes").write_text("*.py export-ignore ident filter=x\n")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message=more")
    git(clone, "branch", "other", "HEAD~1")
    bundle = tmp_path / "a.bundle"

    def bundled(*what: str) -> HandIn:
        git(clone, "bundle", "create", "--quiet", str(bundle), *what)
        return taken(bundle, katas)

    assert bundled("--all").files == bundled("main", "other").files == TAKEN
    assert bundled("main").notes == (f"{TWO}: left out, a link: 'test_link.py'.",)
    assert bundled("other").notes == ()
    assert "a part of the history" in bundled("HEAD", "^HEAD~1").refused
    git(clone, "branch", "--move", "main", "feature")
    assert "of several without a HEAD" in bundled("feature", "other").refused
    changed(bundle, b"# v2", b"# v3")
    assert "a version that is not read here" in taken(bundle, katas).refused
    assert not list((tmp_path / "temporary").iterdir())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DojoError, match="git is not installed here"):
        taken(bundle, katas)


def test_text_is_shown_in_one_short_line() -> None:
    """Whoever wrote it."""
    assert members.shown("a\x1b[2J\n" + "é" * 99) == r"'a\x1b[2J\n" + "é" * 73 + "…'"
