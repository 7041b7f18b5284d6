"""A kata has every part, and nothing besides; what is missing is named with what to do."""

import pytest

from dojo import parts, questions
from tests.dojo.house import HINTS, KATA, SOLVED, House

KATAS = f"katas/{KATA}"
SUITE = f"tests/{KATA}/test_views.py"
SOLUTIONS = f"solutions/{KATA}"


def problems(house: House) -> str:
    """Return all that is wrong with the kata's parts."""
    return "\n\n".join(map(str, parts.check(house.kata(), house.root)))


def test_a_sound_kata_has_every_part(house: House) -> None:
    """Nothing is wrong with it, whatever Python leaves in its folders."""
    for folder in (KATAS, f"tests/{KATA}", SOLUTIONS, f"{SOLUTIONS}/answer"):
        house.write(f"{folder}/__pycache__/views.cpython-311.pyc", "")

    assert problems(house) == ""


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ([], f"{KATAS}/kata.toml: `edit` is empty.\nName the file that the learner changes."),
        (
            ["views.py", "viws.py"],
            f"{KATAS}/kata.toml: `edit` names 'viws.py', which does not exist.\n"
            f"Create {KATAS}/viws.py, or name the right file.",
        ),
        (
            ["views.py", "__init__.py"],
            f"{KATAS}/kata.toml: `edit` names '__init__.py'.\nA learner never edits __init__.py.",
        ),
    ],
    ids=["empty", "missing", "__init__"],
)
def test_the_files_to_edit_exist(house: House, edit: list[str], message: str) -> None:
    """A learner is sent to them first of all."""
    house.write_metadata(edit=edit)

    assert message in problems(house)


def test_a_task_without_a_hint_is_named(house: House) -> None:
    """With the heading to write."""
    house.write(f"{KATAS}/hints.md", HINTS.partition("## Task 2")[0])

    assert problems(house) == (
        f"{KATAS}/hints.md: there is no hint for task 2, 'Add them up'.\n"
        "Add the heading `## Task 2: Add them up` with 3 hints."
    )


def test_missing_hints_are_named_task_by_task(house: House) -> None:
    """The file itself is gone."""
    house.remove(f"{KATAS}/hints.md")

    assert problems(house).count("there is no hint for task") == 2


def test_a_heading_that_differs_from_the_brief_is_named_on_both_sides(house: House) -> None:
    """The task lacks its hint, and the hint its task."""
    house.change(f"{KATAS}/hints.md", "## Task 2: Add them up", "## Task 2: Sum")

    assert "there is no hint for task 2, 'Add them up'." in problems(house)
    assert (
        f"{KATAS}/hints.md: a heading names task 2, 'Sum'; the brief does not.\n"
        "Give heading and task the same number and the same words."
    ) in problems(house)


def test_headings_are_in_the_order_of_the_tasks(house: House) -> None:
    """Each once."""
    first, _, second = HINTS.partition("## Task 2")
    house.write(f"{KATAS}/hints.md", f"## Task 2{second}\n{first}")
    swapped = problems(house)
    house.write(f"{KATAS}/hints.md", f"{HINTS}\n## Task 2{second}")
    twice = problems(house)

    assert swapped == twice
    assert "not in the order of the tasks, or one stands there twice." in twice


def test_a_task_has_three_hints(house: House) -> None:
    """A direction, a pointer, almost there."""
    house.change(f"{KATAS}/hints.md", "2. Think of `*`.\n", "")

    assert f"{KATAS}/hints.md: `Task 1: Double it` has 2 hints.\nNumber 3" in problems(house)


def test_a_kata_without_a_suite_is_named(house: House) -> None:
    """Its folder may be there, its tests are not."""
    house.remove(SUITE)

    assert (
        f"tests/{KATA}: there is no suite.\nCreate the folder and a test_*.py in it."
        in problems(house)
    )


def test_a_test_says_what_it_proves_and_for_which_task(house: House) -> None:
    """The dojo prints the one and refers to the other."""
    house.append(SUITE, "\n\n\ndef test_bare():\n    pass\n")
    line = house.root.joinpath(SUITE).read_text().splitlines().index("def test_bare():") + 1

    assert problems(house) == (
        f"{SUITE}:{line}: test_bare has no docstring.\n"
        "Say in one line what it proves: the dojo prints that line.\n\n"
        f"{SUITE}:{line}: test_bare belongs to no task.\n"
        "Mark it with `@pytest.mark.task(1)`, or whichever task it is."
    )


def test_every_task_has_a_test_and_every_test_a_task(house: House) -> None:
    """Numbers in brief and suite agree."""
    house.change(SUITE, "@pytest.mark.task(2)", "@pytest.mark.task(7)")

    assert problems(house) == (
        f"tests/{KATA}: no test belongs to task 2, 'Add them up'.\n"
        "Mark its tests with `@pytest.mark.task(2)`.\n\n"
        f"tests/{KATA}: a test names task 7; the brief does not.\nMend the number."
    )


def test_a_suite_that_is_not_python_is_named(house: House) -> None:
    """It does not take the proofs of the other katas down."""
    house.append(SUITE, "\n\ndef test_broken(:\n")

    assert problems(house).startswith(f"{SUITE}: this is not Python: ")
    assert problems(house).endswith("\nMend it.")


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (f"{KATAS}/views.py.orig", "this file is no part of a kata."),
        (f"{KATAS}/.views.py.swp", "this file is no part of a kata."),
        (f"tests/{KATA}/notes.md", "this file is no part of a suite."),
        (f"{SOLUTIONS}/notes.md", "this is no part of a solution."),
        (
            f"{SOLUTIONS}/answer/models.py",
            "an answer holds this file, which the learner does not edit.",
        ),
        (
            f"{SOLUTIONS}/rejected/tripled/old/views.py",
            "an answer holds this file, which the learner does not edit.",
        ),
    ],
)
def test_a_stray_file_is_named(house: House, path: str, what: str) -> None:
    """In any of the three trees."""
    house.write(path, "")

    assert problems(house).startswith(f"{path}: {what}\nRemove it")
    assert problems(house).count("\n") == 1


def test_an_answer_may_add_what_the_metadata_allow(house: House) -> None:
    """Some katas leave the cutting into modules to the learner."""
    house.write_metadata(may_add=["services_*.py"])
    house.write(f"{SOLUTIONS}/answer/services_sum.py", "")

    assert problems(house) == ""


def test_missing_parts_of_the_solutions_are_named(house: House) -> None:
    """README, answer, and enough accepted and rejected ones."""
    house.remove(f"{SOLUTIONS}/README.md")
    house.remove(f"{SOLUTIONS}/answer")
    house.remove(f"{SOLUTIONS}/accepted/added")
    house.remove(f"{SOLUTIONS}/rejected")
    house.write(f"{SOLUTIONS}/rejected.toml", "")
    for name in ("one", "two"):
        house.reject(name, SOLVED, caught_by=["test_doubles"], says=["is 63"])

    assert problems(house) == (
        f"{SOLUTIONS}: README.md is missing.\nWrite why the answer is as it is.\n\n"
        f"{SOLUTIONS}/answer: there is no answer.\nPut the solved files into it.\n\n"
        f"{SOLUTIONS}/accepted: it holds 1 answers.\n"
        "Write at least 2 that differ from the reference and are right.\n\n"
        f"{SOLUTIONS}/rejected.toml: it lists 2 answers.\n"
        "Write at least 5 that a learner would plausibly hand in."
    )


def test_a_missing_list_of_rejected_answers_is_named(house: House) -> None:
    """Without it there is nothing to prove the suite's severity with."""
    house.remove(f"{SOLUTIONS}/rejected.toml")

    assert problems(house).startswith(f"{SOLUTIONS}/rejected.toml: the file is missing.\n")


def test_rejected_answers_and_their_list_agree(house: House) -> None:
    """A folder without an entry would never run, an entry without a folder neither."""
    house.remove(f"{SOLUTIONS}/rejected/tripled")
    house.write(f"{SOLUTIONS}/rejected/unlisted/views.py", SOLVED)

    assert problems(house) == (
        f"{SOLUTIONS}/rejected.toml: [unlisted] is missing.\n"
        "Say how rejected/unlisted is to be caught.\n\n"
        f"{SOLUTIONS}/rejected.toml: [tripled] has no folder.\n"
        f"Create {SOLUTIONS}/rejected/tripled."
    )


def test_a_rejected_answer_is_caught_by_tests_that_exist(house: House) -> None:
    """Otherwise it could never be caught."""
    house.reject("sixth", SOLVED, caught_by=["test_trebles"], says=["is 63"])

    assert problems(house) == (
        f"{SOLUTIONS}/rejected.toml: [sixth] is to be caught by test_trebles, which the suite "
        "does not hold.\nName test functions of the suite, without their file."
    )


def test_a_rejected_answer_leaves_nothing_empty(house: House) -> None:
    """An empty list would be satisfied by anything."""
    house.reject("sixth", SOLVED, caught_by=[], says=[])

    assert problems(house) == (
        f"{SOLUTIONS}/rejected.toml: [sixth] has an empty `caught_by`.\nFill it in.\n\n"
        f"{SOLUTIONS}/rejected.toml: [sixth] has an empty `says`.\nFill it in."
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("## Talk about it", "## Talk"), ("  *Listen for:* a product.\n", "")],
    ids=["no section", "nothing to listen for"],
)
def test_there_is_something_to_ask_about_the_answer(house: House, old: str, new: str) -> None:
    """Three questions, with what a good answer mentions: interviewers read them."""
    house.change(f"{SOLUTIONS}/README.md", old, new)

    assert problems(house) == (
        f"{SOLUTIONS}/README.md: `## Talk about it` has fewer than 3 questions that say what a "
        "good answer mentions.\nWrite `- A question?` with a line `  *Listen for:* …` below it."
    )


def test_questions_are_read_with_what_to_listen_for(house: House) -> None:
    """Wherever their lines are broken."""
    asked = questions.load(house.kata())

    assert [one.text for one in asked] == ["Why `*`?", "What of `None`?", "And what of text?"]
    assert asked[1].listen_for == "a `TypeError`, and who is to see it."
