"""`dojo verify` proves what it claims: each way to break a kata is reported, with what to do."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import django
import pytest

from dojo import cli, verify
from dojo.model import Case, Result, Run, State
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, SOLVED, STUB, House, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

KATAS = f"katas/{KATA}"
SOLUTIONS = f"solutions/{KATA}"
ODD = views(double="number * 5")
# One warm process: to start another takes longer than the runs of one kata.
VERIFY = ("verify", "--workers", "1")


def see(answers: str) -> str:
    """Return the next step that most problems of an answer name."""
    return f"Run `pytest tests/{KATA} --answers={answers}` to see it."


@pytest.fixture(scope="module")
def found(build: Build) -> Mapping[str, list[str]]:
    """The problems of one proof of each of many katas, each broken in its own way.

    All in one house, as `verify` proves them: forks of one process. Each is said as k101_double's.
    """
    house = build()
    wanted: dict[str, tuple[str, str, str]] = {}

    def prepare(name: str, kind: str, which: str, path: str, text: str) -> None:
        slug = f"k{102 + len(wanted)}_{name}"
        house.add_kata(slug)
        house.write(path.replace(KATA, slug), text)
        wanted[name] = slug, kind, which

    def reject(name: str, text: str, *, caught_by: list[str], says: list[str]) -> None:
        prepare(name, "rejected", "odd", f"{SOLUTIONS}/rejected/odd/views.py", text)
        house.reject("odd", text, caught_by=caught_by, says=says, slug=wanted[name][0])

    stub = f"{KATAS}/views.py"
    prepare("stub_passes", "stub", "", stub, SOLVED)
    prepare("stub_breaks", "stub", "", stub, "import numpie\n")
    prepare("stub_raises", "stub", "", stub, STUB.replace("NotImplementedError", "TypeError"))
    prepare("stub_is_skipped", "stub", "", f"tests/{KATA}/test_views.py", SKIPPING)
    prepare("answer_fails", "answer", "", f"{SOLUTIONS}/answer/views.py", ODD)
    added = f"{SOLUTIONS}/accepted/added/views.py"
    prepare("accepted_fails", "accepted", "added", added, "from katas import nothing\n")
    reject("slips_through", SOLVED, caught_by=["test_doubles"], says=["is 105"])
    reject("another_test", ODD, caught_by=["test_adds_up"], says=["is 105"])
    reject("another_reason", ODD, caught_by=["test_doubles"], says=["is 105", "is 63"])
    reject("cannot_start", "import numpie\n", caught_by=["test_doubles"], says=["is 105"])
    hang = views(double="[0 for _ in iter(int, 1)]")
    reject("hangs", hang, caught_by=["test_doubles"], says=["timeout"])
    house.limit_tests(2)
    todo = [
        job
        for slug, kind, which in wanted.values()
        for job in verify.jobs(house.kata(slug), house.root)
        if (job.kind, job.name) == (kind, which)
    ]
    proofs = {p.job.kata.slug: p for p in verify.prove_all(todo, house.root, workers=1)}
    return {
        name: [str(problem).replace(slug, KATA) for problem in proofs[slug].problems]
        for name, (slug, _, _) in wanted.items()
    }


SKIPPING = """
    import pytest

    @pytest.mark.skip(reason="not today")
    @pytest.mark.task(1)
    def test_doubles():
        pass
    """


def test_a_stub_that_passes_is_reported(found: Mapping[str, list[str]]) -> None:
    """A learner would have nothing to do."""
    assert found["stub_passes"] == [
        f"{KATAS}: the suite passes on the stub.\n"
        "Take the solution out of the stub, or let the suite ask for more. (If it is your own "
        "answer to the kata, all is well.)"
    ]


def test_a_stub_that_can_not_be_imported_is_reported(found: Mapping[str, list[str]]) -> None:
    """A learner's first message would be a puzzle."""
    assert found["stub_breaks"] == [
        f"{KATAS}: the suite can't run on the stub: ModuleNotFoundError No module named 'numpie'\n"
        "A stub can be imported; let it raise NotImplementedError when it is called."
    ]


def test_a_stub_that_fails_by_another_exception_is_reported(
    found: Mapping[str, list[str]],
) -> None:
    """Its message would not teach."""
    assert found["stub_raises"] == [
        f"{KATAS}: {test} ends with TypeError on the stub: {message}\n"
        "A stub fails by assertion or NotImplementedError, so that its message teaches."
        for test, message in (
            ("test_doubles", "task 1: double it"),
            ("test_adds_up", "task 2: add them up"),
        )
    ]


def test_a_suite_that_skips_itself_proves_nothing(
    found: Mapping[str, list[str]], house: House
) -> None:
    """Only a kata for other versions may."""
    job = verify.Job(house.kata(), "answer")
    skipped = Run((Result(Case("test_views.py::test_doubles", "", 1), State.SKIPPED),))

    assert found["stub_is_skipped"][0].startswith(f"{KATAS}: the suite skips the stub.\n")
    assert [*map(str, verify.judge_right(job, skipped, house.root))] == [
        f"{SOLUTIONS}/answer: every test is skipped.\nLet the suite run on this version."
    ]


def test_an_answer_that_fails_is_reported(found: Mapping[str, list[str]]) -> None:
    """With the test, its message and the command that shows it."""
    assert found["answer_fails"] == [
        f"{SOLUTIONS}/answer: test_doubles failed: double(21) is 105; expected 42.\n"
        + see("solutions")
    ]


def test_an_accepted_answer_that_fails_is_reported(found: Mapping[str, list[str]]) -> None:
    """The suite is too narrow, or the answer is wrong after all."""
    (problem,) = found["accepted_fails"]
    assert problem.startswith(f"{SOLUTIONS}/accepted/added: the suite can't run: ImportError")
    assert problem.endswith("Mend the answer or the suite.")


def test_a_rejected_answer_that_slips_through_is_reported(
    found: Mapping[str, list[str]],
) -> None:
    """The suite would let a learner go on with it."""
    assert found["slips_through"] == [
        f"{SOLUTIONS}/rejected/odd: this wrong answer passes.\nLet the suite reject it."
    ]


def test_a_rejected_answer_that_fails_another_test_is_reported(
    found: Mapping[str, list[str]],
) -> None:
    """Both the test that should fail and the one that should not."""
    toml, step = f"{SOLUTIONS}/rejected.toml", see(f"{KATA}={SOLUTIONS}/rejected/odd")
    assert found["another_test"] == [
        f"{SOLUTIONS}/rejected/odd: test_adds_up does not catch this wrong answer.\n"
        f"Mend {toml}. {step}",
        f"{SOLUTIONS}/rejected/odd: test_doubles fails too, which {toml} does not say: "
        "double(21) is 105; expected 42.\n"
        f"If it should, add it to `caught_by`. {step}",
    ]


def test_a_rejected_answer_that_fails_for_another_reason_is_reported(
    found: Mapping[str, list[str]],
) -> None:
    """The words of its own reason are missing."""
    assert found["another_reason"] == [
        f"{SOLUTIONS}/rejected/odd: no failure says 'is 63'. They say:\n"
        "- double(21) is 105; expected 42.\n"
        f"It fails for another reason, or {SOLUTIONS}/rejected.toml has other words. "
        + see(f"{KATA}={SOLUTIONS}/rejected/odd")
    ]


def test_a_rejected_answer_that_can_not_be_imported_is_reported(
    found: Mapping[str, list[str]],
) -> None:
    """A typing error is not the lesson."""
    assert found["cannot_start"] == [
        f"{SOLUTIONS}/rejected/odd: the suite can't run: No module named 'numpie'\n"
        + see(f"{KATA}={SOLUTIONS}/rejected/odd")
    ]


def test_a_rejected_answer_that_hangs_is_reported(found: Mapping[str, list[str]]) -> None:
    """A learner who makes this mistake should not have to wait for the message."""
    assert found["hangs"] == [
        f"{SOLUTIONS}/rejected/odd: test_doubles ends as timeout.\n"
        + see(f"{KATA}={SOLUTIONS}/rejected/odd")
    ]


def test_a_sound_kata_holds_all_proofs_and_one_for_other_versions_is_left_out(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine runs and the parts of the one; the parts and the reason of the other; exit code 0."""
    house.furnish()
    house.add_kata("k102_later")
    house.write_metadata("k102_later", django=">=9")
    house.write("katas/k102_later/views.py", "import django.not_yet\n")

    code = cli.main(["verify", "--take-stubs"])

    out = capsys.readouterr().out
    assert code == 0, out
    assert f"11 of 11 proofs hold on Django {django.__version__}" in out
    rows = [line.split() for line in out.splitlines() if line.startswith("k10")]
    assert rows[0][:6] == [KATA, "1/1", "1/1", "1/1", "2/2", "5/5"]
    assert rows[1][:6] == ["k102_later", "1/1", "-", "-", "-", "-"]
    assert f"Not run: k102 needs Django >=9; this is Django {django.__version__}" in out


def test_the_wrong_answers_may_be_left_out(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parts, stub, answer and accepted answers are proved as ever."""
    house.furnish()
    house.write(f"{SOLUTIONS}/rejected/tripled/views.py", SOLVED)

    code = cli.main([*VERIFY, "--wrong", "none"])

    out = capsys.readouterr().out
    assert code == 0, out
    assert "5 of 5 proofs hold" in out
    assert out.endswith("; wrong answers were left out\n")
    (row,) = [line.split() for line in out.splitlines() if line.startswith(KATA)]
    assert row[:6] == [KATA, "1/1", "1/1", "1/1", "2/2", "-"]


def test_wrong_answers_may_run_what_is_to_catch_them_alone(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """What else fails is not seen then; where they do not show it, the whole suite has the say."""
    house.furnish()
    nothing = views(double="0", total="0")
    house.reject("nil", nothing, caught_by=["test_doubles"], says=["double(21) is 0"])
    house.reject("odd", ODD, caught_by=["test_adds_up"], says=["is 105"])
    keeps = SOLVED.replace("return sum(numbers)", "return sum(numbers) + len(SEEN)")
    keeps = keeps.replace("return number", "SEEN.append(number)\n    return number")
    house.reject("keeps", f"SEEN = []\n\n\n{keeps}", caught_by=["test_adds_up"], says=["is 7"])

    assert cli.main([*VERIFY, "--wrong", "catching"]) == 1

    out = capsys.readouterr().out
    assert f"{SOLUTIONS}/rejected/nil" not in out
    assert f"{SOLUTIONS}/rejected/keeps" not in out
    assert f"{SOLUTIONS}/rejected/odd: test_adds_up does not catch this wrong answer." in out
    assert out.endswith("; wrong answers ran only the tests that are to catch them\n")
    (problem,) = house.prove("rejected", "nil")
    assert "test_adds_up fails too" in problem


def test_wrong_answers_may_stop_when_all_has_been_said(house: House) -> None:
    """A test that the run does not come to is not judged; one that it comes to has to fail."""
    house.furnish()
    house.write(f"{SOLUTIONS}/rejected.toml", "")
    nothing, both = views(double="0", total="0"), ["test_doubles", "test_adds_up"]
    house.reject("first", nothing, caught_by=both, says=["double(21)", "is 0"])
    house.reject("second", nothing, caught_by=both, says=["is 0; expected 6"])
    house.reject("never", nothing, caught_by=both, says=["is 1"])
    house.reject("passes_one", views(total="0"), caught_by=both, says=["is 0; expected 6"])
    house.reject("passes", SOLVED, caught_by=both, says=["is 0"])
    ends = views(double="0", total="__import__('os')._exit(0)")
    house.reject("ends", ends, caught_by=both, says=["is 0", "is 1"])
    todo = [job for job in verify.jobs(house.kata(), house.root, "said") if job.rejected]

    proofs = {proof.job.name: proof for proof in verify.prove_all(todo, house.root, workers=1)}

    states = {name: [r.state for r in p.run.results] for name, p in proofs.items() if p.run}
    assert states["first"] == [State.FAILED, State.MISSING]
    assert states["second"] == [State.FAILED, State.FAILED]
    problems = {
        name: [
            problem.what.partition(" They say")[0].partition(",")[0] for problem in proof.problems
        ]
        for name, proof in proofs.items()
    }
    assert problems == {
        "first": [],
        "second": [],
        "never": ["no failure says 'is 1'."],
        "passes_one": ["test_doubles does not catch this wrong answer."],
        "passes": ["this wrong answer passes."],
        "ends": ["no failure says 'is 1'.", "test_adds_up ends as crashed."],
    }


@pytest.fixture
def all_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every proof hold without a run, for tests of which of them are made."""
    monkeypatch.setattr(verify, "prove", lambda job, root, **options: verify.Proof(job, ()))


@pytest.mark.usefixtures("all_hold")
def test_several_runs_may_share_the_wrong_answers(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each takes its own, and together they take all; the rest is proved by each.

    The accepted answers are shared when that is asked for.
    """
    house.furnish()
    everyone, *shares = (
        [job.name for job in verify.jobs(house.kata(KATA), house.root, share=share) if job.rejected]
        for share in ((1, 1), (1, 3), (2, 3), (3, 3))
    )
    assert sorted(name for names in shares for name in names) == sorted(everyone)
    assert [len(names) for names in shares] == [2, 2, 1]

    kata = house.kata(KATA)
    halves = [verify.jobs(kata, house.root, accepted=share) for share in ((1, 2), (2, 2))]
    accepted = [[job.name for job in jobs if job.kind == "accepted"] for jobs in halves]
    assert sorted(map(len, accepted)) == [1, 1]
    assert accepted[0] != accepted[1]

    code = cli.main([*VERIFY, "--wrong", "said", "--share", "3/3", "--accepted", "2/2"])

    out = capsys.readouterr().out
    assert code == 0, out
    (row,) = [line.split() for line in out.splitlines() if line.startswith(KATA)]
    assert row[:6] == [KATA, "1/1", "1/1", "1/1", "1/1", "1/1"]
    assert out.endswith("of the wrong answers, share 3 of 3; of the accepted ones, 2 of 2\n")


def test_suites_run_on_the_database_that_is_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The word goes to pytest, which knows what there is."""
    house.furnish()
    stub = next(job for job in verify.jobs(house.kata(), house.root) if job.kind == "stub")
    (problem,) = verify.prove(stub, house.root, database="oracle").problems
    assert "invalid choice: 'oracle'" in problem.what

    asked = []

    def prove(job: verify.Job, root: Path, *, database: str, **options: object) -> verify.Proof:
        asked.append(database)
        return verify.Proof(job, ())

    monkeypatch.setattr(verify, "prove", prove)
    assert cli.main([*VERIFY, "--wrong", "none", "--db", "file"]) == 0
    assert f"{django.__version__}, file; wrong answers were left out\n" in capsys.readouterr().out
    assert asked == ["file"] * 5


def test_a_postgres_that_can_not_be_started_is_said_once(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No proof is made; exit code 3."""
    house.furnish()
    monkeypatch.setitem(sys.modules, "psycopg", None)

    assert cli.main(["verify", "--db", "postgres"]) == 3

    out, err = capsys.readouterr()
    assert "proofs" not in out
    assert err == (
        "PostgreSQL can't be started: psycopg is not installed; `pip install psycopg[binary]` "
        "brings it.\n"
    )


def test_problems_are_printed_before_the_table_whatever_runs_side_by_side(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """What, where, what to do, then how many proofs hold; exit code 1."""
    house.furnish()
    house.add_kata("k102_other")
    house.remove(f"{SOLUTIONS}/accepted")
    house.write(f"{SOLUTIONS}/rejected.toml", "")
    house.reject("right", SOLVED, caught_by=["test_doubles"], says=["is 63"])
    house.write(f"{SOLUTIONS}/answer/views.py", ODD)

    codes, outs = [], []
    for workers in ("1", "2"):
        codes.append(cli.main(["verify", "double", "--all", "--workers", workers]))
        outs.append(re.sub(r" +[0-9.]+\n", "\n", capsys.readouterr().out))

    problems, _, table = outs[0].partition("\nkata ")
    assert codes == [1, 1]
    assert outs[0] == outs[1]
    assert f"{SOLUTIONS}/accepted: it holds 0 answers.\nWrite at least 2" in problems
    assert f"{SOLUTIONS}/answer: test_doubles failed: double(21) is 105" in problems
    assert f"{SOLUTIONS}/rejected/right: this wrong answer passes.\n" in problems
    assert "k102_other" not in table
    assert "1 of 4 proofs hold" in table


def test_metadata_problems_of_the_katas_named_count(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """And those of others do not, unless all are to be verified."""
    house.write_metadata(level="hard")
    house.add_kata("k102_other", solutions=False)
    house.write_metadata("k102_other", minutes="5")

    assert cli.main(["verify", "k101"]) == 1
    out = capsys.readouterr().out
    assert f"{KATAS}/kata.toml: `level` is 'hard'." in out
    assert "k102" not in out

    assert cli.main(["verify"]) == 1
    assert "k102_other/kata.toml: `minutes` is '5'." in capsys.readouterr().out


@pytest.mark.usefixtures("all_hold")
def test_a_chapter_stands_for_its_katas(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """The first digit of their numbers."""
    house.furnish()
    house.add_kata("k201_other", solutions=False)
    house.write_metadata("k201_other", minutes="5")

    assert cli.main([*VERIFY, "2", "--wrong", "none"]) == 1
    out = capsys.readouterr().out
    assert "k201_other/kata.toml: `minutes` is '5'." in out
    assert "0 of 0 proofs hold" in out

    assert cli.main([*VERIFY, "1", "--wrong", "none"]) == 0
    assert "5 of 5 proofs hold" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["7"], "No kata is called '7'."),
        (["k102"], "Did you mean k101_double?"),
        (["k101", "duble"], "Did you mean k101_double?"),
        (["-j", "0"], "give a whole number above 0"),
        (["-j", "many"], "invalid"),
        (["--share", "3/2"], "give two whole numbers: 2/3 is the second of three"),
        (["--share", "2"], "give two whole numbers"),
    ],
)
def test_what_can_not_be_verified_is_a_usage_error(
    house: House, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    """Nothing runs; exit code 2."""
    try:
        code: object = cli.main(["verify", *words])
    except SystemExit as error:
        code = error.code

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err


def test_a_house_without_katas_is_a_usage_error(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not a success."""
    for parent in ("katas", "tests", "solutions"):
        house.remove(f"{parent}/{KATA}")

    assert cli.main(["verify"]) == 2
    assert "there is no kata to verify" in capsys.readouterr().err


def test_a_fault_of_the_tool_is_exit_code_3(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the traceback, and with whose fault it is."""

    def fall_over(*args: object, **options: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(verify, "prove", fall_over)

    assert cli.main(["verify"]) == 3
    err = capsys.readouterr().err
    assert "ZeroDivisionError: oh" in err
    assert (
        "This is a fault of the dojo, not of your code; nothing of yours has been changed." in err
    )
