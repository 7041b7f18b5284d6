"""Settings of the small project that the instruments' own tests run on."""

SECRET_KEY = "only-for-tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "tests.dojo.instruments.site.urls"
INSTALLED_APPS = ["tests.dojo.instruments.site"]
MIDDLEWARE: list[str] = []
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "unused.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
