"""Pytest plugin of the process that runs the learner's tests, once for each trial of a plan.

It gets ready once, plugins and database included, and then forks for each trial.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import _pytest.pathlib
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases
from django.urls import clear_url_caches
from pytest_django.plugin import blocking_manager_key

from dojo.instruments import findings, learner, tables
from dojo.runner import forked
from dojo.runner.reporter import Reporter
from tests.k104_prove_it.notes import Notes
from tests.k104_prove_it.outcome import KATA, Trial

# Trials side by side: half of the processors, and not so many that a graded run lacks memory.
AT_ONCE = min(4, max(2, (os.cpu_count() or 1) // 2))
TRIAL_S = 10.0  # real seconds for one trial
URLS = "tests.k104_prove_it.urls"
# What every trial needs.
PRELOADED = (
    "django.core.management.commands.flush",
    "django.middleware.common",
    "django.middleware.security",
)

_TRIAL = pytest.StashKey[Trial]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--trials``."""
    parser.getgroup("k104").addoption(
        "--trials", metavar="FILE", help="run once for each trial of the plan in FILE"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Get ready, then make the trials in children of this process; collect nothing here."""
    config = session.config
    plan = config.getoption("--trials")
    if not plan or _TRIAL in config.stash:
        return
    scratch = Path(plan).parent
    rounds = [[Trial(**fields) for fields in each] for each in json.loads(Path(plan).read_text())]
    for module in PRELOADED:
        importlib.import_module(module)
    settings.ROOT_URLCONF = URLS
    connection.settings_dict["TEST"]["MIGRATE"] = False
    with config.stash[blocking_manager_key].unblock(), pytest.MonkeyPatch.context() as patch:
        tables.use(patch)
        setup_databases(verbosity=0, interactive=False, serialized_aliases=())
    if not hasattr(os, "fork"):
        set_up(config, rounds[0][0], scratch)
        return
    codes: dict[str, int | None] = {}
    for trials in rounds:
        if any(code != 0 for code in codes.values()):
            break
        jobs = {trial.name: partial(run, session, trial, scratch) for trial in trials}
        codes |= forked.run_all(jobs, scratch, at_once=AT_ONCE, timeout_s=TRIAL_S)
    (scratch / "codes.json").write_text(json.dumps(codes))
    # Not `pytest.exit`, of which pytest renders a traceback: that takes longer than a trial.
    raise session.Failed("All trials have been made.")


def run(session: pytest.Session, trial: Trial, scratch: Path) -> int:
    """Make one trial in this process: what pytest would do next, and no more."""
    hook = session.config.hook
    reporter = set_up(session.config, trial, scratch)
    try:
        hook.pytest_collection(session=session)
        hook.pytest_runtestloop(session=session)
    except (session.Failed, session.Interrupted):
        pass
    states = [result["state"] for result in reporter.worst.values()]
    code = int(not states or set(states) != {"passed"})
    hook.pytest_sessionfinish(session=session, exitstatus=code)
    return code


def set_up(config: pytest.Config, trial: Trial, scratch: Path) -> Reporter:
    """Make this process ready for one trial, and return what reports on it."""
    config.stash[_TRIAL] = trial
    # Where no earlier run has left any, and where the first trial leaves some for the others.
    sys.pycache_prefix, sys.dont_write_bytecode = str(scratch / "bytecode"), False
    reporter = Reporter(scratch / f"{trial.name}.jsonl")
    config.pluginmanager.register(reporter)
    folder = Path(config.args[0])
    learner.set_accused([config.rootpath / "katas", folder])
    import_below(folder)
    if trial.view:
        # Only the learner's own assertions count: the dojo's checks and all warnings are off.
        config.pluginmanager.unregister(findings)
        config.addinivalue_line("filterwarnings", "ignore")
        config.option.maxfail = 1
        put_in_front(Path(trial.view), scratch / trial.name)
    else:
        config.pluginmanager.register(Notes(scratch / f"{trial.name}.notes"))
    return reporter


def import_below(folder: Path) -> None:
    """Have pytest import test files in *folder* by their names in the kata's package.

    By its path, a file of a submission would be in no package: then neither ``from . import views``
    nor a file beside it would be found, as they are in the learner's own folder.
    """

    def import_path(path: str | os.PathLike[str], **options: Any) -> ModuleType:
        if (file := Path(path)).parent != folder:
            return _pytest.pathlib.import_path(path, **options)
        return importlib.import_module(f"katas.{KATA}.{file.stem}")

    pytest.MonkeyPatch().setattr("_pytest.python.import_path", import_path)


def put_in_front(view: Path, folder: Path) -> None:
    """Make *view* the kata's ``views.py``, by a folder of its own that holds nothing else."""
    folder.mkdir()
    shutil.copyfile(view, folder / "views.py")
    for name in list(sys.modules):
        if name == URLS or f"{name}.".startswith(f"katas.{KATA}."):
            del sys.modules[name]
    importlib.import_module(f"katas.{KATA}").__path__.insert(0, str(folder))
    clear_url_caches()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Turn the order round if the trial says so, after pytest-django has made its own."""
    if config.stash[_TRIAL].backwards:
        items.reverse()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Do nothing: the database has been there since before the trials began."""
