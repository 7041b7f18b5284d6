"""What stands behind `katas.<kata>`: the learner's files, or an answer's over the given ones."""

from collections.abc import Mapping
from functools import partial

import pytest

from dojo.answers import Answers
from dojo.model import DojoError, ExitCode, Run
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, SOLVED, House, side_by_side, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

SPEC_FOLDERS = {
    "the learner's own": ("katas", None),
    "the reference": ("solutions", f"solutions/{KATA}/answer"),
    "one kata's folder": (f"{KATA}=handed_in", "handed_in"),
    "a folder of folders": ("class", f"class/{KATA}"),
    "a clone": ("submission", f"submission/katas/{KATA}"),
}


@pytest.fixture(scope="module")
def filled(build: Build) -> House:
    """Make a house with an answer in every place where one may lie; each answers in its own way."""
    house = build()
    house.write_metadata(edit=["views.py", "models.py"])
    house.write(f"katas/{KATA}/models.py", "")
    house.write(f"katas/{KATA}/given.py", "WHERE = __file__\n")
    house.write(f"tests/{KATA}/test_views.py", SHOW)
    for spec, folder in SPEC_FOLDERS.values():
        house.write(f"{folder or f'katas/{KATA}'}/views.py", f"SPEC = {spec!r}\n\n\n{SOLVED}")
    house.write(f"solutions/{KATA}/answer/models.py", MODELS)
    house.write(f"katas/{KATA}/models.py", "STUB = True\n")
    return house


SHOW = f"""
    import traceback

    import pytest
    from django.apps import apps

    from katas.{KATA} import given, models, views

    def test_shows():
        raise LookupError(f"{{views.SPEC}} from {{views.__file__}}, given {{given.WHERE}}")

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
def runs(filled: House) -> Mapping[str, Run]:
    """The suite once with each kind of answers."""
    return side_by_side(
        {name: partial(filled.run, answers=spec) for name, (spec, _) in SPEC_FOLDERS.items()}
    )


@pytest.mark.parametrize("name", SPEC_FOLDERS)
def test_edited_files_come_from_the_answer_and_given_ones_from_katas(
    filled: House, runs: Mapping[str, Run], name: str
) -> None:
    """And `__file__` is the true one, so that tracebacks are."""
    spec, folder = SPEC_FOLDERS[name]
    true = filled.root / (folder or f"katas/{KATA}") / "views.py"
    given = filled.root / "katas" / KATA / "given.py"

    shown, through, _ = runs[name].results

    assert shown.message == f"{spec} from {true}, given {given}"
    assert through.where == f"{true.relative_to(filled.root).as_posix()}:5: return number * 2"


def test_models_of_an_answer_are_the_apps_models(runs: Mapping[str, Run]) -> None:
    """Django finds them, and makes their tables; a stub's are not there beside them."""
    assert runs["the reference"].results[2].state == "passed", runs["the reference"]
    assert runs["the learner's own"].results[2].error == "AssertionError"


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
