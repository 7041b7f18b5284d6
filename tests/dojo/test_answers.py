"""What stands behind `katas.<kata>`: the learner's files, or an answer's over the given ones."""

import re
from collections.abc import Mapping
from functools import partial

import pytest

from dojo.answers import Answers
from dojo.model import DojoError, ExitCode, Run
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, SOLVED, House, side_by_side, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

SHOW = f"""
    import pytest
    from django.apps import apps

    from katas.{KATA} import given, models, views

    def test_shows():
        raise LookupError("\\n".join([views.__file__, models.__file__, given.__file__]))

    async def test_goes_through_the_answer():
        await views.double(None)

    @pytest.mark.django_db
    def test_models():
        assert not hasattr(models, "STUB")
        models.Reader.objects.create(name="Ada")
        assert apps.get_model("{KATA}.Reader").objects.get().name == "Ada"
    """
MODELS = """
    from django.db import models


    class Reader(models.Model):
        name = models.CharField(max_length=20)
    """


@pytest.fixture(scope="module")
def filled(build: Build) -> House:
    """Make a house with the learner's files, the reference answer, and one that was handed in."""
    house = build()
    house.write_metadata(edit=["views.py", "models.py"])
    house.write(f"katas/{KATA}/models.py", "STUB = True\n")
    house.write(f"katas/{KATA}/given.py", "")
    house.write(f"tests/{KATA}/test_views.py", SHOW)
    house.write(f"solutions/{KATA}/answer/models.py", MODELS)
    house.write("handed_in/views.py", SOLVED)
    return house


@pytest.fixture(scope="module")
def runs(filled: House) -> Mapping[str, Run]:
    """The suite once with each of the three."""
    return side_by_side(
        {
            folder: partial(filled.run, answers=spec)
            for spec, folder in {
                "katas": f"katas/{KATA}",
                "solutions": f"solutions/{KATA}/answer",
                f"{KATA}=handed_in": "handed_in",
            }.items()
        }
    )


def test_edited_files_come_from_the_answer_and_given_ones_from_katas(
    filled: House, runs: Mapping[str, Run]
) -> None:
    """What an answer does not hold is the learner's."""
    katas = filled.root / "katas" / KATA
    for folder, run in runs.items():
        assert run.results[0].message == "\n".join(
            str(path)
            for path in (
                filled.root / folder / "views.py",
                (katas if folder == "handed_in" else filled.root / folder) / "models.py",
                katas / "given.py",
            )
        )


def test_tracebacks_name_the_true_file(runs: Mapping[str, Run]) -> None:
    """A learner must not look for the error in a file that did not run."""
    for folder, run in runs.items():
        code = "raise NotImplementedError" if folder.startswith("katas") else "return number"
        assert re.match(rf"{folder}/views\.py:[0-9]+: {code}", run.results[1].where)


def test_models_of_an_answer_are_the_apps_models(runs: Mapping[str, Run]) -> None:
    """Django finds them, and makes their tables; a stub's are not there beside them."""
    learners, reference, handed_in = (run.results[2] for run in runs.values())

    assert reference.state == "passed", reference
    assert learners.error == handed_in.error == "AssertionError"


@pytest.mark.parametrize(
    ("spec", "folder"),
    [
        ("katas", None),
        ("solutions", f"solutions/{KATA}/answer"),
        (f"{KATA}=some/where", "some/where"),
        ("k102_other=some/where", None),
        ("class", f"class/{KATA}"),
        ("clone", f"clone/katas/{KATA}"),
        ("{root}/clone", f"clone/katas/{KATA}"),
    ],
)
def test_answers_lie_in_one_of_four_places(house: House, spec: str, folder: str | None) -> None:
    """The learner's own, the reference, one kata's folder, or a folder of folders."""
    house.add_kata("k102_other", solutions=False)
    house.write("some/where/views.py", SOLVED)
    house.write(f"class/{KATA}/views.py", SOLVED)
    house.write(f"clone/katas/{KATA}/views.py", SOLVED)
    answers = Answers(spec.format(root=house.root), house.root)

    answers.check()
    assert answers.folder(KATA) == (house.root / folder if folder else None)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nowhere", "--answers=nowhere: {root}/nowhere is not a folder.\nUse `solutions`, `KATA="),
        (f"{KATA}=nowhere", f"--answers={KATA}=nowhere: {{root}}/nowhere is not a folder.\n"),
        (
            "k101=solutions",
            "--answers=k101=solutions: 'k101' is not the full name of a kata.\n"
            "Write it like k101_double=FOLDER.",
        ),
        (
            "empty",
            "--answers=empty: {root}/empty holds no folder of a kata.\n"
            "Answers lie in folders named like k101_double.",
        ),
    ],
)
def test_answers_that_are_not_there_are_a_usage_error(
    house: House, spec: str, message: str
) -> None:
    """Never a run of the learner's own files in their place."""
    (house.root / "empty").mkdir()

    with pytest.raises(DojoError) as error:
        Answers(spec, house.root).check()

    assert str(error.value).startswith(message.format(root=house.root))
    assert error.value.code == ExitCode.USAGE


def test_plain_pytest_takes_answers_too(house: House) -> None:
    """It says whose answers run, passes, fails with the task, and refuses what is not there."""
    house.write("wrong/views.py", views(double="number * 3"))

    reference, wrong, nowhere = side_by_side(
        {
            spec: partial(house.pytest, f"tests/{KATA}", f"--answers={spec}")
            for spec in ("solutions", f"{KATA}=wrong", "nowhere")
        }
    ).values()

    assert reference.code == 0, reference
    assert "answers: solutions" in reference.out
    assert "2 passed" in reference.out
    assert wrong.code == 1, wrong
    assert f"task 1 of katas/{KATA}/README.md" in wrong.out
    assert nowhere.code == pytest.ExitCode.USAGE_ERROR, nowhere
    assert "nowhere is not a folder" in nowhere.err
    assert "Traceback" not in nowhere.err
