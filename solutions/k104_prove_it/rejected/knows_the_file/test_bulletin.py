"""Looks for lines of the given view, and lets them stand for what it does."""

import inspect

import pytest

from katas.k104_prove_it import views

LINES = [
    'Article.objects.published().order_by("-published_at").afirst()',
    "await draft.asave()",
    "as_of = await clock.read()",
]


@pytest.mark.parametrize("line", LINES)
def test_the_view_says(line):
    assert line in inspect.getsource(views)
