"""Which katas are for this Django, this Python and this asgiref."""

from __future__ import annotations

import platform

import asgiref
import django

from dojo.model import Kata


def not_for_here(kata: Kata) -> str:
    """Return why *kata* can't run on these versions; empty if it can."""
    from packaging.specifiers import SpecifierSet  # for the katas that are to be run, not for all

    for product, version, wanted in (
        ("Django", django.__version__, kata.django),
        ("Python", platform.python_version(), kata.python),
        ("asgiref", asgiref.__version__, kata.asgiref),
    ):
        if not SpecifierSet(wanted).contains(version, prereleases=True):
            return f"{kata.number} needs {product} {wanted}; this is {product} {version}"
    return ""
