"""Plain pytest knows which kata a suite belongs to, and whether that kata is for this version."""

import platform

import django
import pytest

from dojo import versions
from tests.dojo.house import KATA, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


def test_a_suite_for_other_versions_is_skipped_with_the_reason_and_not_imported(
    house: House,
) -> None:
    """What it imports may not exist here; a suite for this version and other tests run."""
    for slug, changed in {
        "k102_later": {"django": ">=9"},
        "k103_newer": {"python": ">=3.99"},
    }.items():
        house.add_kata(slug, solutions=False)
        house.write_metadata(slug, **changed)
        house.write(f"katas/{slug}/views.py", "import django.not_yet\n")
    house.write("tests/plain/test_plain.py", "def test_plain():\n    pass\n")

    ended = house.pytest("tests", "--answers=solutions", "-rs")

    assert ended.code == 0, ended
    assert "3 passed, 2 skipped" in ended.out
    assert f"k102 needs Django >=9; this is Django {django.__version__}" in ended.out
    assert f"k103 needs Python >=3.99; this is Python {platform.python_version()}" in ended.out


def test_a_pre_release_counts_as_the_version_it_leads_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release candidate of 6.1 is no 6.0, but it is not older either."""
    house.write_metadata(django=">=6.0")
    monkeypatch.setattr(django, "__version__", "6.1rc1")

    assert versions.not_for_here(house.kata()) == ""


def test_metadata_that_break_a_rule_keep_the_suite_from_running(house: House) -> None:
    """Plain pytest says what the dojo would say, and nothing of how it came to say it."""
    house.write_metadata(level="hard")

    ended = house.pytest(f"tests/{KATA}")

    assert ended.code == pytest.ExitCode.INTERRUPTED, ended
    assert f"\nkatas/{KATA}/kata.toml: `level` is 'hard'.\nUse one of warm-up" in ended.out
    assert "suites.py" not in ended.out


def test_the_instruments_accuse_the_edited_files_alone(house: House) -> None:
    """Given files of the kata and its suite are never to blame."""
    house.write(f"katas/{KATA}/given.py", "")
    house.append(
        f"tests/{KATA}/test_views.py",
        f"""

        from dojo.instruments import learner
        from katas.{KATA} import given

        def test_accused():
            assert learner.is_learner(views.__file__)
            assert "solutions" in views.__file__
            assert not learner.is_learner(given.__file__)
            assert not learner.is_learner(__file__)
        """,
    )

    assert house.run(answers="solutions").passed


def test_a_katas_settings_replace_the_sites_in_the_tests_that_ask_for_it(house: House) -> None:
    """In no other; what is not upper-case is no setting."""
    house.write(f"katas/{KATA}/settings.py", "APPEND_SLASH = False\nlower = 1\n")
    asks = """

        from django.conf import settings

        def test_asks(settings_of_the_kata):
            assert not settings.APPEND_SLASH
            assert not hasattr(settings, "lower")

        def test_does_not_ask():
            assert settings.APPEND_SLASH
        """
    house.append(f"tests/{KATA}/test_views.py", asks)

    run = house.run(answers="solutions")

    assert run.passed, run
    assert run.count_passed == 4
