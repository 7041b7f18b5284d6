"""Groups the rows of one join by the title, which two articles may have in common."""

from django.http import JsonResponse

from katas.newsroom.models import Article


async def index(request):
    rows = Article.objects.published().order_by("slug", "tags__name")
    articles = {}
    async for slug, title, author, tag in rows.values_list(
        "slug", "title", "author__name", "tags__name"
    ):
        article = articles.setdefault(
            title, {"slug": slug, "title": title, "author": author, "lead": None, "tags": []}
        )
        if tag is not None and not tag.startswith("desk-"):
            article["lead"] = article["lead"] or tag
            article["tags"].append(tag)
    return JsonResponse({"articles": list(articles.values())})
