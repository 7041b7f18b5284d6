"""A Chromium for tests: the machine's own, or else one that npm brings.

npm's ``@sparticuz/chromium`` is made for machines that have nothing: a headless shell for Linux on
x86-64 with fonts and all libraries but the C library's, 66 MB packed. It is unpacked beside the
packages of this Python, once.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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
FOLDER = Path(sys.prefix, PACKAGE.replace("/", "-"))
UNPACK = "import('@sparticuz/chromium').then((it) => it.default.executablePath())"
# Its libraries are unpacked if it takes the machine for one of these.
LAMBDA = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
SMALL_PARTS = {"LD_LIBRARY_PATH": "al2023/lib", "FONTCONFIG_PATH": "fonts"}


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
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None or (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise RuntimeError(
            f"There is no browser on PATH ({', '.join(NAMES)}) and none can be fetched: that needs "
            "npm, on Linux with x86-64. Install Chromium, or leave these tests out: "
            "-m 'not browser'."
        )
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as scratch:
        install = [npm, "install", "--no-audit", "--no-fund", "--prefix", scratch, PACKAGE]
        parts = Path(scratch, "parts")
        parts.mkdir()
        environ = os.environ | LAMBDA | {"TMPDIR": str(parts)}
        for command in (install, [node, "-e", UNPACK]):
            done = subprocess.run(
                command, cwd=scratch, env=environ, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise RuntimeError(f"{command[:2]} failed; no browser.\n{done.stderr.strip()}")
        if not FOLDER.exists():
            parts.rename(FOLDER)
