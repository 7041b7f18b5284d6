"""The Django project that every kata is an app of."""
