"""Authors write articles, articles carry tags, readers see what is published."""

from __future__ import annotations

from django.db import models


class Author(models.Model):
    """Somebody who writes."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that groups articles."""

    name = models.SlugField(unique=True)

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    """Queries that the newsroom asks often."""

    def published(self) -> ArticleQuerySet:
        """Only what readers may see. Builds a query and sends none."""
        return self.filter(status=Article.Status.PUBLISHED)


class Article(models.Model):
    """A story, as a draft or for everybody to read."""

    class Status(models.TextChoices):
        """Who may see an article."""

        DRAFT = "draft"
        PUBLISHED = "published"

    title = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    body = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    author = models.ForeignKey(
        Author, on_delete=models.SET_NULL, null=True, blank=True, related_name="articles"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ArticleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title
