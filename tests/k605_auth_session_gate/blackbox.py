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
        names: Of the accounts: two editors, the second one by a group; and one without permissions.
        password: Of all of them.
        sessions: The cookies with which they are signed in.
        drafts, articles: Slug and body of those that are not published, and of those that are.
    """

    def __init__(self, draw: Draw) -> None:
        self.names = [word(draw) for _ in range(3)]
        self.password, self.salt = word(draw), word(draw, 24)
        self.sessions = [word(draw, 32) for _ in range(3)]
        self.drafts = {word(draw): word(draw) for _ in range(2)}
        self.articles = {word(draw): word(draw) for _ in range(5)}

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

    def hashed(self) -> str:
        """Return the password as the accounts store it."""
        digest = hashlib.md5(f"{self.salt}{self.password}".encode()).hexdigest()
        return f"md5${self.salt}${digest}"

    def accounts(self) -> Rows:
        """Return the accounts."""
        return [
            {
                "model": "auth.user",
                "pk": pk,
                "fields": {
                    "username": name,
                    "password": self.hashed(),
                    "user_permissions": [CHANGE, ADD] if pk == 1 else [],
                    "groups": [1] if pk == 2 else [],
                    "date_joined": DAY,
                },
            }
            for pk, name in enumerate(self.names, 1)
        ]

    def signed_in(self) -> Rows:
        """Return a session of each account, as Django stores it."""
        kept = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        digest = salted_hmac(kept, self.hashed(), secret=KEY, algorithm="sha256").hexdigest()
        signer = TimestampSigner(
            key=KEY, salt="django.contrib.sessions.SessionStore", fallback_keys=[]
        )
        return [
            {
                "model": "sessions.session",
                "pk": session,
                "fields": {
                    "session_data": signer.sign_object(
                        {
                            "_auth_user_id": str(pk),
                            "_auth_user_backend": "django.contrib.auth.backends.ModelBackend",
                            "_auth_user_hash": digest,
                        },
                        serializer=JSONSerializer,
                    ),
                    "expire_date": "2099-01-01T00:00:00Z",
                },
            }
            for pk, session in enumerate(self.sessions, 1)
        ]

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
    *editors, reader = zip(paper.names, paper.sessions, strict=True)
    for slug in (*paper.drafts, word(draw)):
        answered(await ask(site, "GET", f"drafts/{slug}/"), 401, "without a cookie")
        forged = await ask(site, "GET", f"drafts/{slug}/", word(draw, 32))
        answered(forged, 401, "with a cookie of no session")
        lacks = await ask(site, "GET", f"drafts/{slug}/", reader[1])
        answered(lacks, 403, "by an account without the permission")

    asked = [(slug, *editor) for slug in paper.drafts for editor in editors]
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
    *editors, reader = zip(paper.names, paper.sessions, strict=True)
    form = {"slug": word(draw), "body": word(draw)}
    for method in ("GET", "POST"):
        data = form if method == "POST" else None
        answered(await ask(site, method, "desk/", data=data), 401, "without a cookie")
        lacks = await ask(site, method, "desk/", reader[1], data=data)
        answered(lacks, 403, "by an account without the permission")

    filed = set(paper.drafts)
    for name, session in editors:
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


@check(task=4, rows=rows)
async def a_session_reads_three_signs_in_and_ends(site: Site, draw: Draw) -> None:
    """A session opens three articles, and all with an account; the old cookies open nothing."""
    paper = Paper(draw)
    name = draw.choice(paper.names)
    slugs = draw.sample(sorted(paper.articles), 5)
    cookie: str | None = None
    for left, slug in zip((2, 1, 1, 0), (slugs[0], slugs[1], slugs[0], slugs[2]), strict=True):
        page = await ask(site, "GET", f"articles/{slug}/", cookie)
        answered(page, 200, "without an account", body=paper.articles[slug], left=left)
        cookie = page.cookies.get(COOKIE) or cookie
    over = await ask(site, "GET", f"articles/{slugs[3]}/", cookie)
    answered(over, 402, "the fourth without an account", left=0)

    wrong = {"name": name, "password": paper.password + "x"}
    answered(await ask(site, "POST", "sign-in/", cookie, data=wrong), 401, "with a wrong password")
    right = {"name": name, "password": paper.password}
    welcome = await ask(site, "POST", "sign-in/", cookie, data=right)
    answered(welcome, 200, "with the password", name=name)
    before, cookie = cookie, welcome.cookies.get(COOKIE)
    assert cookie and cookie != before, (  # noqa: PT018
        f"POST {welcome.request.url.path} set the cookie to {cookie!r}; expected a new session's."
    )
    page = await ask(site, "GET", f"articles/{slugs[3]}/", cookie)
    answered(page, 200, "after signing in", body=paper.articles[slugs[3]], left=None)
    stale = await ask(site, "GET", f"articles/{slugs[4]}/", before)
    answered(stale, 200, "with the cookie from before signing in", left=2)

    answered(await ask(site, "POST", "sign-out/", cookie), 204, "after signing in")
    page = await ask(site, "GET", f"articles/{slugs[4]}/", cookie)
    answered(page, 200, "with a copy of a cookie that has signed out", left=2)
