"""A class-based view with an island for a method; an unknown article is told by its error."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


class Publish(View):
    async def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        try:
            article = await self.publish(slug)
        except Article.DoesNotExist:
            raise Http404(slug) from None
        return JsonResponse({"slug": article.slug, "published_at": article.published_at})

    @sync_to_async
    @method_decorator(transaction.atomic(durable=True))
    def publish(self, slug: str) -> Article:
        article = Article.objects.select_for_update().get(slug=slug)
        if article.status != Article.Status.PUBLISHED:
            article.status = Article.Status.PUBLISHED
            article.published_at = article.published_at or timezone.now()
            article.save()
            AuditEntry.objects.create(slug=slug, action=AuditEntry.Action.PUBLISHED)
        return article


publish = Publish.as_view()
