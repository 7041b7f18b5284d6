"""The check as a task of Django's. Given; only for Django 6.0 and later.

Who runs it is a matter of the setting TASKS. By default that is whoever enqueues it, at once;
behind a real queue it is a worker, in another process.
"""

from django.tasks import task

from katas.k506_background_work.checks import check_letter
from katas.k506_background_work.request_ids import request_id


@task
async def check(letter_id: int, for_request: str) -> None:
    """Check a letter on behalf of the request with that id."""
    token = request_id.set(for_request)
    try:
        await check_letter(letter_id)
    finally:
        request_id.reset(token)
