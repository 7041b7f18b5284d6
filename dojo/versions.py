"""Which katas are for this Django and this Python."""

from __future__ import annotations

import platform

import django

from dojo.model import Kata


def not_for_here(kata: Kata) -> str:
    """Return why *kata* can't run on this Django and this Python; empty if it can."""
    from packaging.specifiers import SpecifierSet  # for the katas that are to be run, not for all

    for product, version, wanted in (
        ("Django", django.__version__, kata.django),
        ("Python", platform.python_version(), kata.python),
    ):
        if not SpecifierSet(wanted).contains(version, prereleases=True):
            return f"{kata.number} needs {product} {wanted}; this is {product} {version}"
    return ""
