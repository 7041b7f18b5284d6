"""As little of Django as the instruments need."""

SECRET_KEY = "only-for-benchmarks"  # noqa: S105
USE_TZ = True
