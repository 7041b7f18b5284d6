"""What can be seen of k605 from outside: pages, and cookies that the judge keeps and copies."""

import asyncio
import hashlib
from typing import Any

import httpx
from django.core.signing import JSONSerializer, TimestampSigner
from django.utils.crypto import salted_hmac

from dojo.blackbox import Draw, Site, check

KEY = "a key of the checks"
SETTINGS = {"SECRET_KEY": KEY}
COOKIE = "sessionid"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
DAY = "2026-11-20T05:00:00Z"
CHANGE, ADD = (["change_article", "newsroom", "article"], ["add_article", "newsroom", "article"])

Rows = list[dict[str, Any]]


def word(draw: Draw, length: int = 12) -> str:
    """Draw a word of letters and digits."""
    return "w" + "".join(draw.choices(LETTERS, k=length - 1))


class Paper:
    """The rows of one check, drawn: accounts with sessions, and articles.

    Attributes:
        names: Of the accounts: two editors, the second one by a group; one without permissions; and
            an editor whose account is deactivated.
        password: Of all of them.
        sessions: The cookies with which they are signed in.
        stale: A cookie of the first one, from before the password was changed.
        drafts, articles: Slug and body of those that are not published, and of those that are.
    """

    def __init__(self, draw: Draw) -> None:
        self.names = [word(draw) for _ in range(4)]
        self.password, self.salt = word(draw), word(draw, 24)
        *self.sessions, self.stale = [word(draw, 32) for _ in range(5)]
        self.drafts = {word(draw): word(draw) for _ in range(2)}
        self.articles = {word(draw): word(draw) for _ in range(5)}

    @property
    def editors(self) -> list[tuple[str, str]]:
        """Return the names and sessions of those whom the gate lets through."""
        return list(zip(self.names, self.sessions, strict=True))[:2]

    @property
    def refused(self) -> list[tuple[int, str, str | None]]:
        """Return those whom the gate refuses: with what, who they are, and their session."""
        return [
            (401, "without a cookie", None),
            (401, "with the session of a deactivated account", self.sessions[3]),
            (401, "with a session from before a new password", self.stale),
            (403, "by an account without the permission", self.sessions[2]),
        ]

    @property
    def rows(self) -> Rows:
        """All of that as rows."""
        group: Rows = [
            {
                "model": "auth.group",
                "pk": 1,
                "fields": {"name": "desk", "permissions": [CHANGE, ADD]},
            }
        ]
        return group + self.accounts() + self.signed_in() + self.stories()

    def hashed(self, password: str) -> str:
        """Return a password as the accounts store it."""
        digest = hashlib.md5(f"{self.salt}{password}".encode()).hexdigest()
        return f"md5${self.salt}${digest}"

    def accounts(self) -> Rows:
        """Return the accounts."""
        return [
            {
                "model": "auth.user",
                "pk": pk,
                "fields": {
                    "username": name,
                    "password": self.hashed(self.password),
                    "is_active": pk != 4,
                    "user_permissions": [CHANGE, ADD] if pk in (1, 4) else [],
                    "groups": [1] if pk == 2 else [],
                    "date_joined": DAY,
                },
            }
            for pk, name in enumerate(self.names, 1)
        ]

    def signed_in(self) -> Rows:
        """Return the sessions, as Django stores them."""
        signer = TimestampSigner(
            key=KEY, salt="django.contrib.sessions.SessionStore", fallback_keys=[]
        )
        passwords = dict.fromkeys(self.sessions, self.password) | {self.stale: self.password[::-1]}
        return [
            {
                "model": "sessions.session",
                "pk": session,
                "fields": {
                    "session_data": signer.sign_object(
                        {
                            "_auth_user_id": str(1 if session == self.stale else pk),
                            "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
                            "_auth_user_hash": self.digest(password),
                        },
                        serializer=JSONSerializer,
                    ),
                    "expire_date": "2099-01-01T00:00:00Z",
                },
            }
            for pk, (session, password) in enumerate(passwords.items(), 1)
        ]

    def digest(self, password: str) -> str:
        """Return what a session keeps of the account's password."""
        kept = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        hashed = self.hashed(password)
        return salted_hmac(kept, hashed, secret=KEY, algorithm="sha256").hexdigest()

    def stories(self) -> Rows:
        """Return drafts and articles."""
        bodies = [(*said, "draft") for said in self.drafts.items()]
        bodies += [(*said, "published") for said in self.articles.items()]
        return [
            {
                "model": "newsroom.article",
                "pk": pk,
                "fields": {
                    "slug": slug,
                    "title": slug,
                    "body": body,
                    "status": status,
                    "author": None,
                    "tags": [],
                    "created_at": DAY,
                },
            }
            for pk, (slug, body, status) in enumerate(bodies, 1)
        ]


def rows(draw: Draw) -> Rows:
    """Return the rows of a `Paper`."""
    return Paper(draw).rows


async def ask(
    site: Site, method: str, path: str, cookie: str | None = None, **options: Any
) -> httpx.Response:
    """Send a request with a session's cookie, and with no other."""
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    response = await site.request(method, f"/k605/{path}", headers=headers, **options)
    site.client.cookies.clear()
    return response


def answered(response: httpx.Response, status: int, who: str, **expected: Any) -> None:
    """Compare status and, as far as it is given, the JSON object of an answer."""
    what = f"{response.request.method} {response.request.url.path}, {who},"
    assert response.status_code == status, (
        f"{what} answered {response.status_code}; expected {status}."
    )
    if status == 204:
        return
    try:
        said = response.json()
    except ValueError:
        said = response.text[:80]
    assert isinstance(said, dict), f"{what} answered {said!r}; expected a JSON object."
    seen = {name: said.get(name, "(none)") for name in expected}
    assert seen == expected, f"{what} answered {said!r}; expected {expected!r}."


@check(task=1, rows=rows)
async def drafts_open_for_editors_alone(site: Site, draw: Draw) -> None:
    """Others get 401 or 403, also where there is no draft; editors get theirs at the same time."""
    paper = Paper(draw)
    for slug in (draw.choice([*paper.drafts]), word(draw)):
        forged = await ask(site, "GET", f"drafts/{slug}/", word(draw, 32))
        answered(forged, 401, "with a cookie of no session")
        for status, who, session in paper.refused:
            answered(await ask(site, "GET", f"drafts/{slug}/", session), status, who)

    asked = [(slug, *editor) for slug in paper.drafts for editor in paper.editors]
    pages = await asyncio.gather(
        *(ask(site, "GET", f"drafts/{slug}/", session) for slug, _, session in asked)
    )
    for page, (slug, name, _) in zip(pages, asked, strict=True):
        answered(page, 200, f"by {name}", slug=slug, body=paper.drafts[slug], editor=name)
    unknown = await ask(site, "GET", f"drafts/{word(draw)}/", paper.sessions[0])
    assert unknown.status_code == 404, (
        f"GET {unknown.request.url.path}, by an editor, answered {unknown.status_code}; "
        "expected 404."
    )


@check(task=2, rows=rows)
async def the_desk_takes_drafts_from_editors_alone(site: Site, draw: Draw) -> None:
    """Whose POST is refused has filed nothing, and who is let through is served by the handlers."""
    paper = Paper(draw)
    form = {"slug": word(draw), "body": word(draw)}
    for method in ("GET", "POST"):
        data = form if method == "POST" else None
        for status, who, session in paper.refused:
            answered(await ask(site, method, "desk/", session, data=data), status, who)

    filed = set(paper.drafts)
    for name, session in paper.editors:
        listed = await ask(site, "GET", "desk/", session)
        answered(listed, 200, f"by {name}", drafts=sorted(filed), editor=name)
        slug = word(draw)
        sent = await ask(site, "POST", "desk/", session, data={"slug": slug, "body": word(draw)})
        answered(sent, 201, f"by {name}", slug=slug, editor=name)
        filed.add(slug)
    put = await ask(site, "PUT", "desk/", paper.sessions[0])
    assert put.status_code == 405, (
        f"PUT {put.request.url.path}, by an editor, answered {put.status_code}; expected 405."
    )


@check(task=3, rows=rows)
async def a_session_opens_three_articles(site: Site, draw: Draw) -> None:
    """Those as often as it likes, and what is not there for nothing; with an account, all."""
    paper = Paper(draw)
    one, two, three, four = draw.sample(sorted(paper.articles), 4)
    cookie: str | None = None
    for left, slug in zip((2, 1, 1, 0, 0), (one, two, one, three, two), strict=True):
        page = await ask(site, "GET", f"articles/{slug}/", cookie)
        answered(page, 200, "without an account", body=paper.articles[slug], left=left)
        cookie = page.cookies.get(COOKIE) or cookie
        if left == 2:
            absent = await ask(site, "GET", f"articles/{draw.choice([*paper.drafts])}/", cookie)
            assert absent.status_code == 404, (
                f"GET {absent.request.url.path}, of a draft, answered {absent.status_code}; "
                "expected 404."
            )
    over = await ask(site, "GET", f"articles/{four}/", cookie)
    answered(over, 402, "the fourth without an account", left=0)

    another = await ask(site, "GET", f"articles/{four}/")
    answered(another, 200, "by another one without an account", left=2)
    for status, who, session in paper.refused[1:]:
        page = await ask(site, "GET", f"articles/{one}/", session)
        answered(page, 200, who, body=paper.articles[one], left=2 if status == 401 else None)


class Account:
    """Somebody who signs in and out, and is known by a page for readers or by one for editors.

    Either page will do: each is of another task.
    """

    def __init__(self, site: Site, paper: Paper, draw: Draw) -> None:
        self.site = site
        self.name, self.password = draw.choice(paper.editors)[0], paper.password
        self.article, self.draft = draw.choice([*paper.articles]), draw.choice([*paper.drafts])

    async def sign_in(self, cookie: str | None, **changed: str) -> httpx.Response:
        """Send the form, with *changed* fields."""
        form = {"name": self.name, "password": self.password} | changed
        form = {name: value for name, value in form.items() if value}
        return await ask(self.site, "POST", "sign-in/", cookie, data=form)

    async def known(self, cookie: str | None) -> list[bool]:
        """Tell which of the pages know the account by *cookie*."""
        page = await ask(self.site, "GET", f"articles/{self.article}/", cookie)
        draft = await ask(self.site, "GET", f"drafts/{self.draft}/", cookie)
        try:
            left = page.json().get("left", "(none)")
        except (ValueError, AttributeError, RecursionError):
            left = "(none)"
        return [page.status_code == 200 and left is None, draft.status_code == 200]

    async def is_in(self, cookie: str | None, when: str) -> None:
        """Raise AssertionError if no page knows the account."""
        assert any(await self.known(cookie)), (
            f"{when}: neither an article nor a draft is shown as to {self.name}, who is signed in."
        )

    async def is_out(self, cookie: str | None, when: str) -> None:
        """Raise AssertionError if the pages know the account."""
        assert not all(await self.known(cookie)), (
            f"{when}: article and draft are shown as to {self.name}; expected that the cookie "
            "opens nothing any more."
        )


@check(task=4, rows=rows)
async def who_signs_in_gets_a_new_session_that_ends(site: Site, draw: Draw) -> None:
    """The cookies from before signing in and from before signing out open nothing."""
    paper = Paper(draw)
    account = Account(site, paper, draw)
    for method, path in (("GET", "sign-in/"), ("GET", "sign-out/"), ("PUT", "sign-out/")):
        refused = await ask(site, method, path, paper.sessions[0])
        assert refused.status_code == 405, (
            f"{method} {refused.request.url.path} answered {refused.status_code}; expected 405."
        )
    answered(await ask(site, "POST", "sign-out/"), 204, "without a cookie")
    for who, changed in (
        ("with a wrong password", {"password": f"{paper.password}x"}),
        ("without a password", {"password": ""}),
        ("without a name", {"name": ""}),
        ("by a deactivated account", {"name": paper.names[3]}),
    ):
        answered(await account.sign_in(None, **changed), 401, who)

    opened = await ask(site, "GET", f"articles/{account.article}/")
    before = opened.cookies.get(COOKIE)
    welcome = await account.sign_in(before)
    answered(welcome, 200, "with the password", name=account.name)
    cookie = welcome.cookies.get(COOKIE)
    assert cookie and cookie != before, (  # noqa: PT018
        f"POST {welcome.request.url.path} set the cookie to {cookie!r}; expected a new session's."
    )
    await account.is_in(cookie, "After signing in")
    await account.is_out(before, "With the cookie from before signing in")
    failed = await account.sign_in(cookie, password=f"{paper.password}x")
    answered(failed, 401, "with a wrong password, signed in")
    await account.is_in(cookie, "After a wrong password")

    answered(await ask(site, "POST", "sign-out/", cookie), 204, "after signing in")
    await account.is_out(cookie, "With a copy of a cookie that has signed out")
