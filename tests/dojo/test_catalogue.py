"""The catalogue reads katas from disk, and says of a broken one what to do about it."""

from pathlib import Path
from typing import Any

import pytest

from dojo import catalogue
from dojo.catalogue import CatalogueError
from dojo.model import ExitCode
from tests.dojo.house import CLONE, KATA, House

TOML = f"katas/{KATA}/kata.toml"


def problems(house: House) -> str:
    """Return all that the catalogue has against the katas of *house*."""
    return "\n\n".join(map(str, catalogue.read(house.root)[1]))


def test_the_katas_of_this_clone_are_read() -> None:
    """Every kata in the repository obeys the rules."""
    katas = catalogue.load(CLONE)

    assert [kata.slug for kata in katas][:2] == ["k101_first_async_view", "k102_fan_out"]
    assert {kata.chapter for kata in katas} <= catalogue.chapters(CLONE).keys()


def test_a_kata_is_what_its_folder_says(house: House) -> None:
    """Names come from the folder, the rest from kata.toml, the tasks from the brief."""
    house.write_metadata(may_add=["more_*.py"], django=">=5.2,<7")

    kata = catalogue.load(house.root)[0]

    assert (kata.number, kata.name, kata.package) == ("k101", "double", "katas.k101_double")
    assert (kata.edit, kata.may_add) == (("views.py",), ("more_*.py",))
    assert (kata.django, kata.python) == (">=5.2,<7", ">=3.11")
    assert [(task.number, task.title) for task in kata.tasks] == [
        (1, "Double it"),
        (2, "Add them up"),
    ]
    assert (kata.folder, kata.suite) == (
        house.root / "katas" / KATA,
        house.root / "tests" / KATA,
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"tittle": "Double"},
            f"{TOML}: `tittle` is not a key of kata.toml.\nDid you mean `title`?",
        ),
        ({"zzz": 1}, f"{TOML}: `zzz` is not a key of kata.toml.\nRemove it."),
        ({"title": None}, f"{TOML}: `title` is missing.\nAdd `title = …`."),
        ({"minutes": "5"}, f"{TOML}: `minutes` is '5'.\nMake it a whole number."),
        ({"points": True}, f"{TOML}: `points` is True.\nMake it a whole number."),
        ({"edit": "views.py"}, f"{TOML}: `edit` is 'views.py'.\nMake it a list of strings."),
        ({"sections": [1]}, f"{TOML}: `sections` is [1].\nMake it a list of strings."),
        ({"level": "hard"}, f"{TOML}: `level` is 'hard'.\nUse one of warm-up, core, advanced."),
        (
            {"database": "mysql"},
            f"{TOML}: `database` is 'mysql'.\nUse one of none, memory, file, rowlock.",
        ),
        ({"curl": "-i /k101/"}, f"{TOML}: `curl` is '-i /k101/'.\nMake it a list of strings."),
        (
            {"curl": ["-N '/k101/live/?after=0'", "-i http://127.0.0.1:8000/k101/"]},
            f"{TOML}: `curl` has '-i http://127.0.0.1:8000/k101/', in which there is no address of "
            "the site.\nWrite it as for a shell, without `http://…`: `-X POST /k101/hello/`.",
        ),
        (
            {"curl": ["-d 'it /k101/"]},
            f'{TOML}: `curl` has "-d \'it /k101/", in which there is no address of the site.\n'
            "Write it as for a shell, without `http://…`: `-X POST /k101/hello/`.",
        ),
        ({"django": "6.0"}, f"{TOML}: `django` is '6.0'.\nWrite it like `>=5.2,<6.2`."),
        (
            {"edit": ["../k102/views.py"]},
            f"{TOML}: `edit` names '../k102/views.py', which is not inside the kata's folder.\n"
            "Name files of the kata's own folder.",
        ),
        (
            {"requires": ["k101_dubble"]},
            f"{TOML}: `requires` names 'k101_dubble', which does not exist.\n"
            "Did you mean 'k101_double'?",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_wrong_metadata_is_named_with_its_remedy(
    house: House, changed: dict[str, Any], message: str
) -> None:
    """Each message has file, rule and next step."""
    house.write_metadata(**changed)

    assert problems(house) == message


def test_metadata_that_do_not_parse_are_named_with_the_line(house: House) -> None:
    """The parser's own words say where."""
    house.write(TOML, 'title = "Double"\nminutes = \n')

    assert problems(house).startswith(f"{TOML}: this is not valid TOML: Invalid value (at line 2")
    assert problems(house).endswith("Mend that line, then run the command again.")


@pytest.mark.parametrize("name", ["kata.toml", "README.md"])
def test_a_missing_file_says_how_to_get_it_back(house: House, name: str) -> None:
    """Whoever deleted it wants it back; whoever writes a kata learns where to read."""
    house.remove(f"katas/{KATA}/{name}")

    assert problems(house) == (
        f"katas/{KATA}/{name}: the file is missing.\n"
        f"`git restore katas/{KATA}/{name}` brings it back. If it is yours to write: "
        "CONTRIBUTING.md says what it holds."
    )


@pytest.mark.parametrize("name", ["kata.toml", "README.md"])
def test_a_file_in_another_encoding_is_named(house: House, name: str) -> None:
    """Latin-1 is not UTF-8."""
    (house.root / "katas" / KATA / name).write_bytes(b"title = '\xe9'\n")

    assert problems(house).startswith(f"katas/{KATA}/{name}: the file can't be read: 'utf-8' codec")
    assert problems(house).endswith("Make it a readable file in UTF-8.")


@pytest.mark.parametrize(
    "brief",
    [
        "# Double\n",
        "# Double\n\n## Tasks\n\nNone.\n",
        "# Double\n\n## Tasks\n\n1. **One.**\n3. **Three.**\n",
        "# Double\n\n## Tasks\n\n1. **One.**\n2. Two.\n",
    ],
    ids=["no heading", "no list", "wrong numbers", "no title"],
)
def test_a_brief_without_numbered_tasks_is_named(house: House, brief: str) -> None:
    """Tests, hints and messages refer to the numbers."""
    house.write(f"katas/{KATA}/README.md", brief)

    assert problems(house) == (
        f'katas/{KATA}/README.md: there is no list of tasks, numbered from 1, below "Tasks".\n'
        "Add the heading `## Tasks` and a line `1. **Title.**` for each task."
    )


def test_a_circle_of_requirements_is_named_at_each_of_its_katas(house: House) -> None:
    """And only there: a kata outside the circle is not to blame."""
    for slug, requires in {
        KATA: "k102_b",
        "k102_b": "k103_c",
        "k103_c": KATA,
        "k104_d": KATA,
    }.items():
        house.add_kata(slug)
        house.write_metadata(slug, requires=[requires])

    found = catalogue.read(house.root)[1]

    assert [problem.where for problem in found] == [
        f"katas/{slug}/kata.toml" for slug in (KATA, "k102_b", "k103_c")
    ]
    assert {problem.what for problem in found} == {"`requires` leads back to this kata."}


def test_a_folder_that_is_gone_is_missed(house: House) -> None:
    """A learner who deletes a kata learns how to get it back, once, not by what follows from it."""
    house.add_kata("k102_other")
    house.write_metadata("k102_other", requires=[KATA])
    house.remove(f"katas/{KATA}")
    house.write(f"katas/{KATA}/__pycache__/views.pyc", "left over")

    assert problems(house) == (
        f"katas/{KATA}: this folder is gone; tests/{KATA} is still there.\n"
        f"`git restore katas/{KATA}` brings it back. If the kata is to go, remove its suite and "
        "its solutions, too."
    )


def test_folders_that_are_no_katas_are_named_or_passed_over(house: House) -> None:
    """`k…` has to be a kata; `newsroom` is not, and nor is what Python's caches leave behind."""
    house.write("katas/k1_short/kata.toml", "")
    house.write("katas/k199_gone/__pycache__/views.pyc", "")
    house.write("tests/k199_gone/__pycache__/test_views.pyc", "")

    assert problems(house) == (
        "katas/k1_short: this is not the name of a kata.\n"
        "Name it like k102_fan_out: k, chapter, two digits, then words in lower case."
    )


def test_katas_share_neither_number_nor_name(house: House) -> None:
    """The one is what people type, the other is what progress is kept by."""
    house.add_kata("k101_other")
    house.add_kata("k203_double")

    assert problems(house) == (
        "katas/k101_other: k101_double is called 'k101', too.\n"
        "Give one of them another number or name.\n\n"
        "katas/k203_double: k101_double is called 'double', too.\n"
        "Give one of them another number or name."
    )


def test_loading_refuses_with_all_that_is_wrong(house: House) -> None:
    """Nobody mends one line to find the next."""
    house.write_metadata(level="hard", minutes="5")

    with pytest.raises(CatalogueError, match=r"(?s)minutes.*\n\n.*level") as error:
        catalogue.load(house.root)
    assert error.value.code == ExitCode.FAULT


@pytest.mark.parametrize(
    "name", ["k101_double", "k101", "101", "double", "katas/k101_double/", "K101"]
)
def test_a_kata_is_found_by_whatever_it_is_called(house: House, name: str) -> None:
    """Also by the path that a shell completes."""
    assert catalogue.find(catalogue.load(house.root), name).slug == KATA


@pytest.mark.parametrize("name", ["k110_double", "duoble", "k10"])
def test_an_unknown_kata_leads_to_the_nearest(house: House, name: str) -> None:
    """A slip of the finger costs one look."""
    with pytest.raises(CatalogueError) as error:
        catalogue.find(catalogue.load(house.root), name)

    assert str(error.value) == (
        f"No kata is called {name!r}.\nDid you mean k101_double? `python3 -m dojo list` shows "
        "them all."
    )
    assert error.value.code == ExitCode.USAGE


def test_an_unknown_kata_that_is_near_to_none_leads_to_the_list(house: House) -> None:
    """A wild guess helps nobody."""
    with pytest.raises(CatalogueError, match=r"\n`python3 -m dojo list` shows them all\.$"):
        catalogue.find(catalogue.load(house.root), "zzz")


def test_the_root_is_found_from_a_folder_below(house: House) -> None:
    """The command works wherever in the clone a learner stands; elsewhere it means its own."""
    assert catalogue.find_root(house.root / "katas" / KATA) == house.root
    assert catalogue.find_root(Path("/")) == CLONE


def test_chapters_that_can_not_be_used_are_named(house: House) -> None:
    """A title is missing."""
    house.write("katas/chapters.toml", '[1]\ntitle = "First"\n')

    with pytest.raises(CatalogueError, match=r"katas/chapters\.toml: an entry .*'subtitle'"):
        catalogue.chapters(house.root)


@pytest.mark.parametrize(
    "entry",
    [
        "[tripled]\nlesson = 'A lesson.'\nsays = ['is 63']\n",
        "[tripled]\ncaught_by = 'test_doubles'\nlesson = 'A lesson.'\nsays = ['is 63']\n",
        "[tripled]\ncaught_by = ['test_doubles']\nlesson = 'A.'\nsays = ['63']\nsay = ['63']\n",
        "tripled = 'test_doubles'\n",
    ],
    ids=["key missing", "string for a list", "unknown key", "no table"],
)
def test_a_rejected_answer_says_how_it_is_caught(house: House, entry: str) -> None:
    """Its entry has the three keys, and no other."""
    house.write(f"solutions/{KATA}/rejected.toml", entry)

    with pytest.raises(
        CatalogueError, match=rf"^solutions/{KATA}/rejected\.toml: \[tripled\] is not a table of"
    ):
        catalogue.solutions(house.kata(), house.root)
