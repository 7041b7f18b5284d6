"""Plain `def`: the view waits for nothing but the database, and Django runs it in a thread."""

from django.http import JsonResponse

from katas.newsroom.models import Article


def index(request):
    articles = Article.objects.published().select_related("author").prefetch_related("tags")
    listed = []
    for article in articles.order_by("slug"):
        tags = sorted(tag.name for tag in article.tags.all() if not tag.name.startswith("desk-"))
        listed.append(
            {
                "slug": article.slug,
                "title": article.title,
                "author": article.author.name if article.author else None,
                "lead": tags[0] if tags else None,
                "tags": tags,
            }
        )
    return JsonResponse({"articles": listed})
