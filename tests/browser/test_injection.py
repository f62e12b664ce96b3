"""What others wrote is text on our pages, and would stay harmless even if escaping failed."""

import msgspec
import pytest
from playwright.async_api import Route, expect
from tests.browser.conftest import Visitor

from syncline.services.conversations import Beginning

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "<script>window.owned = 1</script><img src=x onerror='window.owned = 1'>"


async def test_scripts_in_names_topics_messages_and_reactions_are_shown_as_text(visitor: Visitor) -> None:
    """Everything of others that a page shows, at once."""
    services, ann = visitor.site.services, visitor.site.account.id
    eve = (await services.accounts.add("eve@example.org", name=EVIL)).id
    talk = services.conversations
    conv = (await talk.create(eve, Beginning(name=EVIL, members=[ann]))).value.conv
    await talk.send(eve, conv, msgspec.json.encode({"text": EVIL}))
    await talk.set_fact(eve, conv, "m.room.topic", msgspec.json.encode({"topic": EVIL}))
    await services.tokens.create(ann, ["read"], name=EVIL)
    await visitor.sign_in()
    page = visitor.page
    changes = page.get_by_role("region", name="Recent changes")
    shown = await changes.inner_text()
    assert shown.count("<script>window.owned = 1</script>") >= 5
    await expect(page.get_by_role("region", name="Tokens").get_by_text(EVIL).first).to_be_visible()
    assert await page.evaluate("window.owned") is None


async def test_the_policy_stops_what_escaping_would_have_let_through(visitor: Visitor) -> None:
    """The page is changed on its way as if a template forgot to escape: inline scripts, handlers, styles,
    another site's script and picture, and a frame all stay out."""
    page = visitor.page
    let_through = (
        EVIL
        + "<script src='https://evil.example/x.js'></script><img src='https://evil.example/x.png'>"
        + "<style>body { display: none }</style><iframe src='https://evil.example/'></iframe>"
        + "<form action='https://evil.example/'><button>Win</button></form>"
    )

    async def unescaped(route: Route) -> None:
        answer = await route.fetch()
        body = (await answer.text()).replace("<main", f"{let_through}<main", 1)
        await route.fulfill(response=answer, body=body)

    stopped: dict[str, str | None] = {}
    page.on("requestfailed", lambda request: stopped.update({request.url: request.failure}))
    await page.route("**/login", unescaped)
    await visitor.open("/login")
    assert await page.evaluate("window.owned") is None
    assert await page.locator("main").is_visible()
    async with page.expect_console_message(lambda message: "form-action" in message.text):
        await page.evaluate("document.querySelector('form').submit()")
    assert page.url == f"{visitor.site.url}/login"
    told = "\n".join(visitor.problems)
    for blocked in ("inline script", "inline event handler", "inline style", "x.js", "x.png", "Framing"):
        assert blocked in told, (blocked, told)
    visitor.expect("Content Security Policy")
    visitor.expect("404")  # the picture x of our own site, which may be asked for
    # Chromium names requests that it then does not send.
    visitor.asked = [url for url in visitor.asked if stopped.get(url) != "csp"]
