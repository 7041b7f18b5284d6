"""Judge a kata from outside: its site runs in a sandbox, and what counts is what comes over HTTP.

A kata's checks stand in ``tests/<kata>/blackbox.py``. The site is served on a Unix socket from the
submission's files (`dojo.site.behind_walls`); the check, in the judge's process, sends real
requests (`site`), drops real connections, and plays the services that the site calls (`upstream`).
Nothing that the submission's code can reach decides the verdict.

No check rests on the wall clock: it waits for what has to happen, and only a site on which it does
not happen makes it wait until its patience is at an end.
"""

from dojo.blackbox.checks import Draw, check, not_judged
from dojo.blackbox.expect import as_json, expect_json, expect_status, said
from dojo.blackbox.overtaking import overtake
from dojo.blackbox.site import Asked, Site
from dojo.blackbox.upstream import Call, Failure, Upstream

__all__ = [
    "Asked",
    "Call",
    "Draw",
    "Failure",
    "Site",
    "Upstream",
    "as_json",
    "check",
    "expect_json",
    "expect_status",
    "not_judged",
    "overtake",
    "said",
]
