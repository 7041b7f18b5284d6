"""Hidden suites: who can read them while another suite runs."""

from pathlib import Path

from dojo import catalogue
from dojo.grading import kit
from tests.dojo.house import CLONE


def test_a_hidden_suite_is_closed_to_other_users(tmp_path: Path) -> None:
    """Where each run is another user, only the run of the hidden suite itself gets a copy."""
    kata = next(kata for kata in catalogue.load(CLONE) if kata.number == "k102")
    hidden = tmp_path / "hidden" / kata.slug
    hidden.mkdir(parents=True)
    (hidden / "test_more.py").write_text("def test_more() -> None: ...\n")
    (tmp_path / "kit").mkdir()
    made = kit.build(CLONE, [kata], tmp_path / "kit", hidden.parent)

    project = kit.with_hidden(made.project(kata), kata.slug, hidden)

    assert [path.name for path in (project / "tests" / kata.slug).glob("test_*")] == [
        "test_more.py"
    ]
    assert project.stat().st_mode & 0o077 == 0
    assert kit.with_hidden(made.project(kata), kata.slug, hidden) == project
