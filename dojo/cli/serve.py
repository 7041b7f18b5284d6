"""``dojo serve``: the learner's own site under a real server, to be asked by curl and browsers."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from dojo import catalogue, versions
from dojo.cli import go
from dojo.model import ExitCode, Kata

SUMMARY = "serve your site with uvicorn, and again on every save; print a kata's URLs"
HOST, PORT = "127.0.0.1", 8000
EVERYWHERE = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104 - what to ask, where it listens on all


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "kata", nargs="?", help="a kata's number or name, as `run` takes it; by default yours"
    )
    parser.add_argument("--port", type=port, default=PORT, help=f"{PORT} by default; 0: any free")
    parser.add_argument("--host", default=HOST, help=f"the address to listen on; {HOST} by default")


def port(text: str) -> int:
    """Return the number of a port."""
    number = int(text)
    if not 0 <= number < 65536:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Print where the site is and what there is to ask, and serve it until Ctrl-C."""
    root = catalogue.find_root(Path.cwd())
    katas = catalogue.load(root)
    kata = catalogue.find(katas, args.kata) if args.kata else go.current(katas, root)
    from dojo.site import environment, server

    with (
        server.listen(args.host, args.port) as listening,
        tempfile.TemporaryDirectory(prefix="dojo-") as folder,
    ):
        sys.path.insert(0, str(root))
        environment.choose(kata.slug if kata else "", Path(folder) / "site.sqlite3")
        host, number = listening.getsockname()[:2]
        host = EVERYWHERE.get(host, host)
        show(kata, f"http://{f'[{host}]' if ':' in host else host}:{number}")
        own_asgi = kata is not None and (kata.folder / "asgi.py").is_file()
        server.run(root, listening, lifespan=own_asgi)
    return ExitCode.PASS


def show(kata: Kata | None, origin: str) -> None:
    """Print the address of the site and the URLs of *kata*."""
    from dojo.cli import screen

    console = screen.console()
    console.print(f"{origin}/", style="bold", end="  ", markup=False)
    console.print("your site; it starts again on every save below katas/. Ctrl-C ends it.\n")
    if kata is None:
        console.print("All katas are solved. `serve k501` shows the URLs of that one.\n")
    else:
        console.print(f"{kata.number} {kata.title}", style="bold", markup=False)
        console.print(f"brief katas/{kata.slug}/README.md\n", markup=False)
        if reason := versions.not_for_here(kata):
            console.print(f"{reason}.\n", style="yellow", markup=False)
        show_addresses(kata, origin)
    sys.stdout.flush()


def show_addresses(kata: Kata, origin: str) -> None:
    """Print the URLs of *kata*, each with what to type."""
    import django

    from dojo.cli import screen
    from dojo.site import addresses

    console = screen.console()
    try:
        django.setup()
        found = addresses.of(kata)
    except (Exception, SystemExit) as error:
        from dojo.site import errors

        console.print("Its URLs can't be shown until this is mended:", style="red")
        console.print(f"{errors.describe(error)}\n", markup=False)
        return
    if not found:
        console.print("This kata has no URL of its own; the site is served all the same.\n")
    for address in found:
        console.print(address.route, style="bold", markup=False)
        for words in address.curls:
            console.print(f"  {addresses.command(words, origin)}", markup=False)
    console.print()
