"""A robust callback, whose failure the answer does not know of."""

from asgiref.sync import async_to_sync, sync_to_async
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce


@require_POST
async def corrections(request):
    fields = read(request)
    try:
        announced = await sync_to_async(save)(fields)
    except (IntegrityError, NotPublished) as error:
        return JsonResponse({"refused": str(error)}, status=409)
    return JsonResponse({"reference": fields["reference"], "announced": announced}, status=201)


def read(request):
    sent = request.POST
    return {
        "reference": sent["reference"],
        "article_id": int(sent["article"]),
        "editor_id": int(sent["editor"]),
        "text": sent["text"],
    }


def save(fields):
    def tell():
        async_to_sync(announce)(fields["reference"])

    with transaction.atomic():
        file_correction(**fields)
        transaction.on_commit(tell, robust=True)
    return True
