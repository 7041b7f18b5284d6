"""The accounts of the site, and the sessions that belong to them."""

from asgiref.sync import sync_to_async
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

PASSWORD, NEW_PASSWORD = "correct horse", "battery staple"
EDITORS = ("ada", "ben", "root")
EVERYTHING = ("view_article", "change_article", "add_article")
#: Who has which permissions by herself, on the newsroom's articles unless an app is named. ben has
#: his by his group; root, a superuser, needs none; fay's are of another app, by the same codenames.
PERMISSIONS = {
    "ada": EVERYTHING,
    "ben": (),
    "cleo": ("change_article",),
    "dan": ("add_article",),
    "eve": (),
    "fay": tuple(f"auth.{codename}" for codename in EVERYTHING),
    "root": (),
}


def permission(name: str) -> Permission:
    """Return a permission on articles. After the first test on PostgreSQL, there is none left.

    Args:
        name: Its codename; with an app before it, of the model of that name there.
    """
    app, _, codename = name.rpartition(".")
    kind, _ = ContentType.objects.get_or_create(app_label=app or "newsroom", model="article")
    found, _ = Permission.objects.get_or_create(
        content_type=kind, codename=codename, defaults={"name": codename}
    )
    return found


@sync_to_async
@transaction.atomic
def create_account(name: str) -> str:
    """Create an account, with the same password as all others; return a session of it."""
    account = User.objects.create_user(name, password=PASSWORD, is_superuser=name == "root")
    account.user_permissions.add(*map(permission, PERMISSIONS[name]))
    if name == "ben":
        editors = Group.objects.create(name="editors")
        editors.permissions.add(*map(permission, EVERYTHING))
        account.groups.add(editors)
    return new_session(
        **{
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: account.get_session_auth_hash(),
        }
    )


def new_session(**data: object) -> str:
    """Return the key of a session that holds *data*."""
    store = SessionStore()
    store.update(data)
    store.create()
    return store.session_key or ""


@sync_to_async
def copied(key: str) -> str:
    """Store the same data under another key, as they are: all that another process would know.

    Returns:
        That key; an empty one if no such session is stored.
    """
    session = Session.objects.filter(session_key=key).first()
    if session is None:
        return ""
    session.session_key = "c" * len(key)
    session.save(force_insert=True)
    return session.session_key


@sync_to_async
def data_of(key: str) -> dict[str, object]:
    """Return what a session holds; nothing if it does not exist."""
    return dict(SessionStore(key).items())


@sync_to_async
def add_to(key: str, **data: object) -> None:
    """Put more into a session."""
    store = SessionStore(key)
    store.update(data)
    store.save()


@sync_to_async
def signed_in_with(key: str) -> str:
    """Return whose session it is; empty if it is nobody's."""
    request = HttpRequest()
    request.session = SessionStore(key)
    return get_user(request).get_username()


@sync_to_async
def withdraw(name: str, codename: str) -> None:
    """Take a permission away."""
    User.objects.get(username=name).user_permissions.remove(permission(codename))


@sync_to_async
def deactivate(name: str) -> None:
    """Deactivate an account."""
    User.objects.filter(username=name).update(is_active=False)


@sync_to_async
def change_password(name: str) -> None:
    """Give an account another password, which ends the sessions of the old one."""
    account = User.objects.get(username=name)
    account.set_password(NEW_PASSWORD)
    account.save()
