"""What this kata changes in the site's settings. Given."""

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

# The site has no forms and checks no CSRF token, so other sites' pages must not send its cookie.
SESSION_COOKIE_SAMESITE = "Strict"

# Fast, and therefore only for a kata: whoever has its hashes has the passwords.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
