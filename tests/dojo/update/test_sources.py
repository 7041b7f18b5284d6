"""What a newer version comes from: archives, good and bad, and folders that are none."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from dojo import cli, source
from dojo.model import ExitCode
from tests.dojo.house import KATA, House
from tests.dojo.update.conftest import Capture, everything, held, publish

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


def packed(house: House, path: Path) -> Path:
    """Pack a house as a code host does: in one folder."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in held(house.root).items():
                archive.writestr(f"katas-main/{name}", text)
    else:
        with tarfile.open(path, "w:gz") as tar:
            tar.add(house.root, "katas-main")
    return path


@pytest.mark.parametrize("name", ["new.zip", "new.tar.gz"])
def test_archives_are_unpacked(mine: House, new: House, tmp_path: Path, name: str) -> None:
    """A program stays one that can be run."""
    run = new.write("docs/run", "#!/bin/sh\n")
    run.chmod(0o755)

    assert cli.main(["update", str(packed(new, tmp_path / name))]) == 0

    assert held(mine.root) == held(new.root)
    if name == "new.tar.gz":
        assert (mine.root / "docs/run").stat().st_mode & stat.S_IXUSR


def tar_with(path: Path, *entries: tarfile.TarInfo) -> Path:
    """Make a tar of *entries*, all of zeros."""
    with tarfile.open(path, "w:gz") as tar:
        for entry in entries:
            tar.addfile(entry, io.BytesIO(bytes(entry.size)))
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    """Return an entry of a tar."""
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, "/etc/passwd"
    return made


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([entry("k/views.py", tarfile.SYMTYPE)], "'k/views.py' in it is a link or a device."),
        ([entry("k/views.py", tarfile.LNKTYPE)], "'k/views.py' in it is a link or a device."),
        ([entry("k/pipe", tarfile.FIFOTYPE)], "'k/pipe' in it is a link or a device."),
        ([entry("/etc/passwd")], "'/etc/passwd' in it leads out of its folder."),
        ([entry("k/../../x")], "'k/../../x' in it leads out of its folder."),
        ([entry("C:\\x")], "in it leads out of its folder."),
        ([entry("k/x"), entry("k/x")], "it can't be unpacked: "),
        ([entry("k/x"), entry("k/x/y")], "it can't be unpacked: "),
        ([entry(f"k/{n}") for n in range(30)], "it holds more than 20 files or 0 MB."),
        ([entry("k/x", size=2_000)], "it holds more than 20 files or 0 MB."),
        ([entry("k/x", size=200_000)], "it holds more than 20 files or 0 MB."),
        ([entry("k/x")], "there are no katas in it (katas/chapters.toml is missing)."),
    ],
)
def test_bad_archives_are_refused(
    mine: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    entries: list[tarfile.TarInfo],
    message: str,
) -> None:
    """What, where, next step; nothing has been changed, here or elsewhere."""
    monkeypatch.setattr(source, "MOST_FILES", 20)
    monkeypatch.setattr(source, "MOST_BYTES", 1_000)
    monkeypatch.setattr(source, "MOST_TAR_BYTES", 50_000)
    bad = tar_with(tmp_path / "bad.tar.gz", *entries)
    before = everything(mine.root)

    assert cli.main(["update", str(bad)]) == ExitCode.USAGE

    err = capsys.readouterr().err
    assert err.startswith(f"{bad}: ")
    assert message in err
    assert err.endswith("Nothing has been changed.\n")
    assert everything(mine.root) == before
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tar.gz"]


def zip_with(path: Path, name: str, mode: int = 0, text: str = "") -> Path:
    """Make a zip of one file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        made = zipfile.ZipInfo(name)
        made.external_attr = mode << 16
        archive.writestr(made, text)
    return path


def test_bad_zips_are_refused(mine: House, tmp_path: Path, capsys: Capture) -> None:
    """Links, ways out, lies about the size, rubbish."""
    rubbish = tmp_path / "rubbish.zip"
    rubbish.write_bytes(b"PK\x03\x04 rubbish")
    lying = zip_with(tmp_path / "lying.zip", "k/x", text="x" * 1000)
    at = lying.read_bytes().rindex((1000).to_bytes(4, "little"))
    data = bytearray(lying.read_bytes())
    data[at : at + 4] = (10).to_bytes(4, "little")
    lying.write_bytes(data)
    bad = {
        zip_with(tmp_path / "link.zip", "k/x", stat.S_IFLNK | 0o777, "/etc"): "is a link",
        zip_with(tmp_path / "out.zip", "../x"): "leads out of its folder",
        zip_with(tmp_path / "root.zip", "/x"): "leads out of its folder",
        lying: "it can't be unpacked",
        rubbish: "it can't be unpacked",
        tmp_path / "none.zip": "there is no such file or folder",
    }
    for path, message in bad.items():
        assert cli.main(["update", str(path)]) == ExitCode.USAGE
        err = capsys.readouterr().err
        assert err.startswith(f"{path}: ")
        assert message in err


def test_a_version_that_cannot_be_read_is_refused(mine: House, new: House, capsys: Capture) -> None:
    """With what is wrong in it; so is one's own copy, and one without its stubs."""
    before = everything(mine.root)
    assert cli.main(["update", "."]) == ExitCode.USAGE
    assert "this is your own copy" in capsys.readouterr().err

    new.remove("dojo/stubs")
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    missing = f"dojo/stubs/{KATA}/views.py.txt is missing in the new version."
    assert capsys.readouterr().err.startswith(missing)

    publish(new, "2")
    new.remove("pyproject.toml")
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    assert capsys.readouterr().err.startswith("pyproject.toml is missing in the new version.\n")

    new.write_metadata(title=None)
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert f"its katas can't be read:\n  katas/{KATA}/kata.toml: `title` is missing.\n" in err
    for parent in ("katas", "tests", "solutions"):
        new.remove(f"{parent}/{KATA}")
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    assert "katas: there is no kata in this folder." in capsys.readouterr().err
    changed = everything(mine.root).items() ^ before.items()
    assert [path for path, _ in changed] == [".dojo/update.lock"]
