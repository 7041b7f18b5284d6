"""The page in a real browser: by mouse, by keyboard, in the dark, with enemies in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.dojo.reports import browser as chromium
from tests.dojo.reports import html_books

pytestmark = [pytest.mark.browser, pytest.mark.realtime, pytest.mark.timeout(300)]

SCHEMES = ("light", "dark")
# Of each element with text of its own: the contrast of its colour with what is painted behind it.
CONTRASTS = """
() => {
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    throw new Error("nothing opaque behind");
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.getClientRects().length || element.closest("script, style")) continue;
    const ink = parse(getComputedStyle(element).color).slice(0, 3);
    const [one, two] = [light(ink), light(behind(element))];
    const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    found.push([contrast, element.outerHTML.slice(0, 60)]);
  }
  return found;
}
"""


class Visit:
    """A page, and all that it complained of."""

    def __init__(self, browser: Browser, folder: Path, name: str, **options: Any) -> None:
        self.complaints: list[str] = []
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.complaints.append(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.url = (folder / f"{name}.html").as_uri()
        self.page.goto(self.url)

    def cell(self, name: str, column: int) -> Locator:
        """Return a cell of the heat map: column 0 is the name, 1 the total."""
        row = self.page.locator(".map tbody tr", has=self.page.get_by_text(name, exact=True))
        return row.locator("th, td").nth(column)

    @property
    def dialog(self) -> Locator:
        """What a cell has opened."""
        return self.page.locator("dialog[open]")

    @property
    def names(self) -> list[str]:
        """The submissions that are shown, in order."""
        return self.page.locator(".map tbody th:visible").all_inner_texts()

    @property
    def focused(self) -> str:
        """Text of the cell that has the focus."""
        text: str = self.page.evaluate("document.activeElement.closest('td, th')?.innerText ?? ''")
        return text

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def quiet(self) -> bool:
        """Tell whether nothing but the page itself was asked for, and nothing went wrong."""
        return self.complaints == [self.url]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages."""
    folder = tmp_path_factory.mktemp("pages")
    html_books.save(folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser."""
    try:
        path, environ = chromium.find()
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=list(chromium.OPTIONS), env=dict(environ)
        )
        yield started
        started.close()


def test_a_click_on_a_cell_opens_what_was_judged_there(browser: Browser, pages: Path) -> None:
    """By task, with message, line, output, and a bar for each call."""
    visit = Visit(browser, pages, "rich")

    visit.cell("bob", 3).click()

    text = visit.dialog.inner_text()
    assert visit.dialog.locator("h2").inner_text() == "bob · k102 Fan out & in"
    for words in (
        "3.33 of 10",
        "1 of 3",
        "Fails like one_by_one: A loop that awaits",
        "Task 1",
        "✗ failed",
        "one after the other; expected at once. (task 1)",
        "views.py:12",
        "fetching\nfetching",
        "✓ passed",
        "hidden",
        "never awaited",
        "0.2 – … s cancelled",
    ):
        assert words in text
    # Two tests failed, with two bars each, and a call that has none.
    assert visit.dialog.locator("svg rect").count() == 4

    visit.dialog.get_by_text("next").click()
    assert visit.dialog.locator("h2").inner_text() == "carol · k102 Fan out & in"
    visit.dialog.get_by_text("Close").click()
    assert visit.dialog.count() == 0
    visit.cell("carol", 4).click()
    assert "black-box" in visit.dialog.inner_text()
    visit.dialog.get_by_text("Close").click()
    visit.cell("bob", 4).click()
    assert "– not judged" in visit.dialog.inner_text()
    assert visit.quiet()


def test_the_keyboard_reaches_every_cell(browser: Browser, pages: Path) -> None:
    """Tab enters the table, arrows move, Enter opens, Escape closes and leads back."""
    visit = Visit(browser, pages, "rich")
    visit.page.locator(".map thead button").last.focus()

    visit.press("Tab")
    assert visit.focused == "Ada Lovelace"
    visit.press("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight")
    assert visit.focused == "3.33"
    visit.press("Enter")
    assert "bob · k102" in visit.dialog.inner_text()
    visit.press("Escape")
    assert (visit.dialog.count(), visit.focused) == (0, "3.33")
    visit.press("End", "PageDown", "ArrowUp")
    assert visit.focused.startswith("Refused: ")
    visit.press(" ")
    assert "The archive holds a link" in visit.dialog.inner_text()
    assert visit.quiet()


def test_rows_are_filtered_and_sorted(browser: Browser, pages: Path) -> None:
    """By name, total and kata; what has no mark is neither more nor less than the others."""
    visit = Visit(browser, pages, "rich")
    headings = visit.page.locator(".map thead button")
    everyone = visit.names

    headings.nth(1).click()
    assert visit.names[:4] == ["Ada Lovelace", "carol", "bob", "dan"]
    assert visit.names[-1] == "fay"
    headings.nth(1).click()
    assert visit.names[-2:] == ["Ada Lovelace", "fay"]
    assert visit.page.locator("[aria-sort]").get_attribute("aria-sort") == "ascending"
    headings.nth(3).click()
    assert visit.names[:3] == ["Ada Lovelace", "carol", "bob"]
    # No mark, refused, no mark: at the end, as they stood.
    assert visit.names[4:] == ["dan", "../../etc/passwd", "fay"]
    headings.nth(0).click()
    assert visit.names.index("Ada Lovelace") < visit.names.index("bob") < visit.names.index("fay")

    visit.page.get_by_label("Name").fill(" A")
    assert set(visit.names) == {name for name in everyone if "a" in name.lower()}
    assert visit.page.locator("output").inner_text() == f"{len(visit.names)} of 7"
    visit.page.get_by_label("Name").fill("carol")
    visit.cell("carol", 2).click()
    assert "carol · k101" in visit.dialog.inner_text()
    assert visit.dialog.locator("button:disabled").count() == 2
    assert visit.quiet()


@pytest.mark.parametrize("name", ["enemy", "rich"])
def test_nothing_of_a_submission_runs(browser: Browser, pages: Path, name: str) -> None:
    """Not on the page, and not in any cell that is opened."""
    visit = Visit(browser, pages, name)
    cells = visit.page.locator(".map tbody :is(th, td)")

    for number in range(cells.count()):
        cells.nth(number).click()
        assert visit.dialog.locator("img, script").count() == 0
        visit.press("Escape")

    assert visit.page.evaluate("window.pwned") is None
    assert visit.quiet()


def test_the_policy_stops_a_script_that_got_in(browser: Browser, pages: Path) -> None:
    """If something were not escaped, the browser would still refuse it, and say so."""
    visit = Visit(browser, pages, "broken")

    assert visit.page.evaluate("window.pwned") is None
    assert "Content Security Policy" in "".join(visit.complaints)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everything_can_be_read(browser: Browser, pages: Path, scheme: Any) -> None:
    """Contrast is 4.5 or more (WCAG 2, AA), on the page and in what a cell opens."""
    visit = Visit(browser, pages, "rich", color_scheme=scheme)

    found = visit.page.evaluate(CONTRASTS)
    visit.cell("bob", 3).click()
    found += visit.page.evaluate(CONTRASTS)

    assert len(found) > 100
    assert [what for contrast, what in found if contrast < 4.5] == []


def test_light_dark_narrow_and_paper_are_all_drawn(browser: Browser, pages: Path) -> None:
    """Each its own picture, none of them blank, and nothing wider than the screen."""
    shots = set()
    for scheme in SCHEMES:
        visit = Visit(browser, pages, "many", color_scheme=scheme)
        shots.add(visit.page.screenshot())
        visit.page.evaluate("document.body.replaceChildren()")
        shots.add(visit.page.screenshot())
    assert len(shots) == 4

    narrow = Visit(browser, pages, "many", viewport={"width": 400, "height": 800})
    assert narrow.page.evaluate("document.documentElement.scrollWidth") == 400

    narrow.page.emulate_media(media="print")
    assert not narrow.page.locator("#filter").is_visible()
    assert narrow.page.evaluate("document.getElementById('map').scrollHeight") == (
        narrow.page.evaluate("document.getElementById('map').clientHeight")
    )


def test_headings_stay_while_marks_scroll(browser: Browser, pages: Path) -> None:
    """Names and totals to the left, katas above; the cell with the focus is not under them."""
    visit = Visit(browser, pages, "many")
    visit.page.locator(".map thead button").last.focus()
    visit.press("Tab", *["ArrowRight"] * 26, *["PageDown"] * 5)

    places = visit.page.evaluate(
        """() => ["#map", ".map thead th:last-child", ".map tbody tr:nth-child(51) th", ":focus"]
        .map((which) => document.querySelector(which).getBoundingClientRect())
        .map(({left, top, right, bottom}) => ({left, top, right, bottom}))"""
    )
    frame, heading, name, cell = places
    assert abs(heading["top"] - frame["top"]) <= 2
    assert abs(name["left"] - frame["left"]) <= 2
    assert heading["bottom"] <= cell["top"]
    assert cell["bottom"] <= frame["bottom"]
    assert cell["right"] <= frame["right"]


def test_without_its_script_the_page_still_shows_marks(browser: Browser, pages: Path) -> None:
    """Totals and overviews are there, what would not work isn't, and the page says so."""
    visit = Visit(browser, pages, "rich", java_script_enabled=False)

    assert visit.cell("bob", 1).inner_text() == "7.17"
    assert visit.page.get_by_text("Without its script").is_visible()
    assert not visit.page.locator("#filter").is_visible()
    assert visit.page.locator("svg.histogram rect").count() > 3
