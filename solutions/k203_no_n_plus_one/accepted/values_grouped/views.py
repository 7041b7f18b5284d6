"""No model instances: one query for the articles, one for all pairs of article and tag."""

from collections import defaultdict

from django.db.models import F
from django.http import JsonResponse

from katas.newsroom.models import Article, Tag


async def index(request):
    published = Article.objects.published()
    tags = defaultdict(list)
    pairs = Tag.objects.exclude(name__startswith="desk-").filter(articles__in=published)
    async for slug, name in pairs.order_by("name").values_list("articles__slug", "name"):
        tags[slug].append(name)
    rows = published.order_by("slug").values("slug", "title", name=F("author__name"))
    articles = [
        {
            "slug": row["slug"],
            "title": row["title"],
            "author": row["name"],
            "lead": tags[row["slug"]][0] if tags[row["slug"]] else None,
            "tags": tags[row["slug"]],
        }
        async for row in rows
    ]
    return JsonResponse({"articles": articles})
