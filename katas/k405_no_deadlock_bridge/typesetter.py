"""The typesetter: sync code, older than the core, with many callers. Given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

QUOTE = re.compile(r"\[\[([\w-]+)\]\]")


def fill(body: str) -> str:
    """Put in the text of each article that *body* quotes: ``[[harbour]]``."""
    # Here, because the bridge imports the core, and the core this module.
    from katas.k405_no_deadlock_bridge.bridge import load

    return QUOTE.sub(lambda quote: load(quote[1]).text, body)


def proofs(slugs: Iterable[str]) -> Iterator[str]:
    """Yield a line for each article, which is loaded when its line is asked for."""
    from katas.k405_no_deadlock_bridge.bridge import load

    for slug in slugs:
        sheet = load(slug)
        yield f"{sheet.title}: {sheet.text}"
