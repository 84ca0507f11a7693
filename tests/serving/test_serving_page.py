"""The chat page in a real browser: three languages, streaming, stopping, errors, small screens, and no word to elsewhere."""

import os
import re
import shutil
import signal
from dataclasses import dataclass, field

import pytest
from conftest import run_server, wait_until

from ayni.serving.texts import LANGUAGES, read_texts

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
LOCALES = {"es": "es-PE", "pt": "pt-BR", "en": "en-GB"}
ES = read_texts("page", "es")


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.skip("playwright is not installed: pip install 'ayni[dev]'")
    if BROWSER is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=BROWSER, args=SWITCHES)
        yield found
        found.close()


@dataclass
class Visit:
    """An open page, and what it asked for and complained about."""

    page: object
    requests: list = field(default_factory=list)
    complaints: list = field(default_factory=list)

    def text(self):
        return self.page.locator("article.theirs p.text").last.text_content()

    def send(self, words):
        self.page.get_by_label(ES["your_message"]).fill(words)
        self.page.keyboard.press("Enter")

    def until(self, script):
        """Wait for a condition; Playwright's own wait needs `eval` inside the page, which its policy forbids."""
        for _ in range(600):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(25)
        pytest.fail(f"never came true: {script}; the page shows: {self.page.locator('main').inner_text()[:500]}")

    def is_idle(self):
        return self.page.locator("#stop").is_hidden()

    def wait_for_end(self):
        self.until("document.querySelector('.theirs') !== null && document.querySelector('#stop').hidden")


@pytest.fixture
def visit(browser):
    """visit(served, locale) opens the page; at the end, nothing may have gone elsewhere or wrong."""
    open_pages, expected = [], []

    def go(served, locale="es-PE", allow=(), **options):
        context = browser.new_context(locale=locale, **options)
        page = context.new_page()
        page.set_default_timeout(15_000)
        found = Visit(page)
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("console", lambda line: found.complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.goto(served.address)
        found.until("document.querySelector('#model-name').textContent !== ''")
        open_pages.append((context, found, served.address))
        expected.extend(allow)
        return found

    yield go
    for context, found, address in open_pages:
        context.close()
        assert [url for url in found.requests if not url.startswith(address)] == []
        assert [each for each in found.complaints if not any(word in each for word in expected)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_browser_language_comes_first(visit, served, language):
    page = visit(served, LOCALES[language]).page
    words = read_texts("page", language)
    assert page.locator("html").get_attribute("lang") == language
    assert page.title() == words["title"]
    assert page.get_by_role("heading", name=words["welcome"]).is_visible()
    assert page.get_by_text(words["warning"]).is_visible()
    for name in (words["new"], words["send"], *words["examples"]):
        assert page.get_by_role("button", name=name, exact=True).is_visible()
    assert page.get_by_label(words["choose_language"]).input_value() == language
    assert page.locator("#model-name").text_content() == "sumaq"


def test_another_language_reads_spanish(visit, served):
    assert visit(served, "de-DE").page.locator("html").get_attribute("lang") == "es"


def test_chosen_language_is_remembered(visit, served):
    found = visit(served, "en-GB")
    found.page.get_by_label("Language").select_option("pt")
    assert found.page.get_by_role("heading").text_content() == read_texts("page", "pt")["welcome"]
    found.page.reload()
    found.until("document.documentElement.lang === 'pt'")
    assert found.page.get_by_placeholder(read_texts("page", "pt")["placeholder"]).is_visible()


def test_language_of_a_conversation_changes_too(visit, served):
    found = visit(served)
    found.send("Allillanchu")
    found.wait_for_end()
    found.page.get_by_label(ES["choose_language"]).select_option("en")
    assert found.page.locator("article h2").all_text_contents() == ["You", "Model"]
    assert found.text() == "Sumaq"


def test_message_and_answer(visit, served):
    found = visit(served)
    box = found.page.get_by_label(ES["your_message"])
    assert box.evaluate("element => element === document.activeElement"), "one can write at once"
    assert found.page.get_by_role("button", name=ES["send"]).is_disabled()
    found.send("Allillanchu")
    found.wait_for_end()
    assert found.text() == "Sumaq"
    assert found.page.locator("article.mine p").text_content() == "Allillanchu"
    assert found.page.get_by_role("status").text_content() == "Sumaq", "a screen reader hears it once, whole"
    assert box.input_value() == "" and box.evaluate("element => element === document.activeElement")
    found.send("¿Y tú?")
    found.until("document.querySelectorAll('article').length === 4")
    found.wait_for_end()
    assert not found.page.locator("#start").is_visible()


def test_shift_enter_starts_a_line(visit, served):
    found = visit(served)
    box = found.page.get_by_label(ES["your_message"])
    box.press_sequentially("uno")
    height = box.bounding_box()["height"]
    box.press("Shift+Enter")
    box.press_sequentially("dos")
    assert box.input_value() == "uno\ndos" and box.bounding_box()["height"] > height
    assert found.page.locator("article").count() == 0


def test_example_is_sent(visit, served):
    found = visit(served)
    found.page.get_by_role("button", name=ES["examples"][1]).click()
    found.wait_for_end()
    assert found.page.locator("article.mine p").text_content() == ES["examples"][1]


def test_markup_stays_text(visit, served):
    found = visit(served)
    words = "<img src=x onerror=alert(1)> <script>alert(2)</script> & <b>"
    found.send(words)
    found.wait_for_end()
    assert found.page.locator("article.mine p").text_content() == words
    assert found.page.locator("#log img, #log script, #log b").count() == 0


@pytest.mark.parametrize("way", ["button", "key"])
def test_answer_streams_in_and_stops(visit, singing, way):
    found = visit(singing)
    found.send("Takiy")
    found.until("document.querySelector('.theirs p.text')?.textContent.length > 20")
    first = len(found.text())
    found.until(f"document.querySelector('.theirs p.text').textContent.length > {first}")
    assert found.page.locator(".theirs").get_attribute("aria-busy") == "true"
    if way == "button":
        found.page.get_by_role("button", name=ES["stop"]).click()
    else:
        found.page.keyboard.press("Escape")
    found.wait_for_end()
    length = len(found.text())
    assert found.page.get_by_text(ES["stopped"], exact=True).is_visible()
    assert found.page.get_by_role("button", name=ES["send"]).is_visible()
    found.page.wait_for_timeout(300)
    assert len(found.text()) == length < 8000, "nothing comes after it"
    found.send("Kuti")
    found.until("document.querySelectorAll('.theirs p.text')[1]?.textContent.length > 5")
    found.page.keyboard.press("Escape")


def test_new_conversation_while_it_writes(visit, singing):
    found = visit(singing)
    found.send("Takiy")
    found.until("document.querySelector('.theirs p.text')?.textContent.length > 5")
    found.page.get_by_role("button", name=ES["new"]).click()
    assert found.page.locator("article").count() == 0 and found.page.locator("#start").is_visible() and found.is_idle()
    found.page.wait_for_timeout(200)
    assert found.page.locator("article").count() == 0


def test_engine_that_died_is_explained_and_comes_back(visit, sumaq):
    with run_server(sumaq) as served:
        found = visit(served, allow=["503"])
        os.kill(served.engine(), signal.SIGKILL)
        found.send("Allillanchu")
        found.page.get_by_text(ES["error_engine"]).last.wait_for()
        found.page.get_by_role("button", name=ES["retry"]).click()
        found.until("document.querySelector('.theirs p.text')?.textContent === 'Sumaq'")
        assert found.page.locator("article").count() == 2 and not found.page.locator(".fault").is_visible()


def test_server_that_is_gone(visit, sumaq):
    with run_server(sumaq) as served:
        found = visit(served, allow=["ERR_CONNECTION_REFUSED"])
        served.process.send_signal(signal.SIGINT)
        assert wait_until(lambda: served.process.poll() is not None)
        found.send("Allillanchu")
        found.page.get_by_text(ES["error_network"]).last.wait_for()
        assert "fetch" not in found.page.locator("main").inner_text().lower()


def test_conversation_that_does_not_fit(visit, served):
    found = visit(served, allow=["400"])
    found.send("z " * 6000)
    found.page.get_by_text(ES["error_long"]).last.wait_for()
    found.page.locator(".fault ~ button").click()
    assert found.page.locator("article").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_narrow_screen(visit, served, language):
    found = visit(served, LOCALES[language], viewport={"width": 320, "height": 568})
    page = found.page
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_label(read_texts("page", language)["your_message"]).fill("w" * 400)
    page.keyboard.press("Enter")
    found.wait_for_end()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for each in page.locator("button:visible, select:visible, textarea:visible").all():
        box = each.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320 and box["height"] >= 36, "large enough for a finger"


def test_all_by_keyboard(visit, served):
    page = visit(served).page
    page.locator(".brand").click()  # from the top
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.parentElement.parentElement.id"))
        assert page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement), f = getComputedStyle(document.querySelector('form'));"
            " return s.outlineStyle !== 'none' || f.boxShadow !== 'none'; })()"
        ), "focus can be seen"
    assert reached == ["new", "language", "examples", "examples", "examples", "message"]


def luminance(colour):
    parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(visit, served, scheme):
    found = visit(served, color_scheme=scheme)
    found.send("Allillanchu")
    found.wait_for_end()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert (luminance(found.page.evaluate(ground)) < 0.1) == (scheme == "dark")
    pairs = {
        "article.mine p.text": "article.mine p.text",
        "article h2": "body",
        ".theirs p": "body",
        "#warning": "body",
        "#model-name": "body",
    }
    for text, behind in pairs.items():
        one = luminance(found.page.evaluate(f"getComputedStyle(document.querySelector('{text}')).color"))
        two = luminance(found.page.evaluate(f"getComputedStyle(document.querySelector('{behind}')).backgroundColor"))
        assert (max(one, two) + 0.05) / (min(one, two) + 0.05) >= 4.5, text
