"""Settings of the newsroom site. A learner reads them; the katas' tests run on them."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = "only-for-katas: this site holds no secrets"  # noqa: S105
DEBUG = True
ALLOWED_HOSTS = ["*"]
USE_TZ = True

ROOT_URLCONF = "katas.config.urls"
ASGI_APPLICATION = "katas.config.asgi.application"
WSGI_APPLICATION = "katas.config.wsgi.application"

# Every kata is an app of its own, so that it may bring models and templates.
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "katas.newsroom",
    *sorted(
        f"katas.{folder.name}"
        for folder in (BASE_DIR / "katas").glob("k[0-9]*_*")
        if (folder / "__init__.py").is_file()
    ),
]

# An API without cookies or forms: neither sessions nor CSRF protection are needed. A kata that
# wants other middleware has a module `settings` of its own, whose names replace these.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {},
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
        # CONN_MAX_AGE stays at its default, 0. Under ASGI each request has a thread of its own,
        # so a connection that is kept is never used again.
        # https://docs.djangoproject.com/en/6.0/ref/databases/#persistent-database-connections
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
