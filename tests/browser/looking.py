"""What can be measured of a page as it is shown: structure, contrast, width, what has the focus."""

from typing import TypedDict

from playwright.async_api import Page

ENOUGH = 4.5
"""WCAG 2.2 AA: the contrast of text that is not large; we ask it of all."""


class Structure(TypedDict):
    """What assistive technology goes by."""

    lang: str
    title: str
    headings: list[str]
    unlabelled: list[str]
    nameless: list[str]


_STRUCTURE = """() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll("h1")].map(one => one.textContent.trim()),
    unlabelled: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
        .filter(one => ![...one.labels].some(label => label.textContent.trim()))
        .map(one => one.outerHTML),
    nameless: [...document.querySelectorAll("button, a, summary")]
        .filter(one => !(one.getAttribute("aria-label") || one.textContent).trim())
        .map(one => one.outerHTML),
})"""

_CONTRAST = """() => {
    const parse = colour => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
        return {r, g, b, a};
    };
    const over = (top, below) => ({
        r: top.r * top.a + below.r * (1 - top.a),
        g: top.g * top.a + below.g * (1 - top.a),
        b: top.b * top.a + below.b * (1 - top.a),
        a: 1,
    });
    const light = ({r, g, b}) => {
        const [x, y, z] = [r, g, b].map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = element => {
        const layers = [];
        for (let one = element; one; one = one.parentElement)
            layers.push(parse(getComputedStyle(one).backgroundColor));
        const shade = matchMedia("(prefers-color-scheme: dark)").matches ? 0 : 255;
        const canvas = {r: shade, g: shade, b: shade, a: 1};
        return layers.reverse().reduce((below, top) => over(top, below), canvas);
    };
    const ratio = (element, colour) => {
        const below = ground(element);
        const [high, low] = [light(over(parse(colour), below)), light(below)].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const element = node.parentElement;
        if (node.textContent.trim() && element.checkVisibility())
            found.push([ratio(element, getComputedStyle(element).color), node.textContent.trim()]);
    }
    for (const input of document.querySelectorAll("input[placeholder]"))
        found.push([ratio(input, getComputedStyle(input, "::placeholder").color), input.placeholder]);
    return found;
}"""

_FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return ["", false];
    const style = getComputedStyle(one);
    const name = one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent;
    return [name.trim(), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""


async def structure(page: Page) -> Structure:
    """Language, title, headings of the first level, and what has no name."""
    found: Structure = await page.evaluate(_STRUCTURE)
    return found


async def faint(page: Page) -> list[tuple[float, str]]:
    """The texts on the page whose contrast with what lies behind them is too low. Fails on an empty page."""
    found: list[tuple[float, str]] = [tuple(one) for one in await page.evaluate(_CONTRAST)]
    assert found, "there is no text on this page"
    return [(ratio, text) for ratio, text in found if ratio < ENOUGH]


async def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide: int = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus; the focus must be seen at each step."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        found, shown = await page.evaluate(_FOCUS)
        assert shown or not found, f"{found} has the focus, and nobody sees it"
        if name in found:
            return
    raise AssertionError(f"no way leads to {name} by keyboard")
