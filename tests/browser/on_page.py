"""What browser tests look for on the page."""

import re

ALLOWED = {
    "xlsx",
    "json",
    "fundopt",
    "verify",
    "HiGHS",
    "SCIP",
    "Tools",
    "sha",
    "longdong",
    "mini",
    "MB",
    "OR",
    "CP",
    "SAT",
    "scip",
    "highs",
    "JSON",
    "CSV",
    "Word",
    "GeoJSON",
    "clip",
    "min",
    "max",
    "name",
}


def english(page) -> set[str]:
    """English words on the page that are not names of files or solvers."""
    text = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stAppViewContainer] *')].filter(e => !e.closest('[data-testid=stIconMaterial], svg, style, script') && e.checkVisibility() && e.getBoundingClientRect().width > 2 && getComputedStyle(e).clip === 'auto' && !getComputedStyle(e).fontFamily.includes('Material') && getComputedStyle(e).fontSize !== '0px').flatMap(e => [...e.childNodes]).filter(n => n.nodeType === 3).map(n => n.nodeValue).join(' ')"
    )
    return {w for w in re.findall(r"[A-Za-z]{3,}", text) if w not in ALLOWED and not re.fullmatch(r"[0-9a-f]+", w)}


def press_solve(page) -> None:
    """Press 求解 once the side has come to rest: a click while it is being laid out may miss."""
    start = page.get_by_role("button", name="求解", exact=True)
    start.wait_for()
    at_rest(start)
    start.click()


def solve(page) -> None:
    page.get_by_role("button", name="下一步：求解与方案").click()
    press_solve(page)
    page.get_by_role("tab", name="分配表").wait_for(timeout=120000)


def at_rest(element) -> dict[str, float]:
    """Where the element lies, once it has lain there for half a second."""
    box, since = element.bounding_box(), 0
    while since < 5:
        element.page.wait_for_timeout(100)
        now = element.bounding_box()
        box, since = now, (since + 1 if now == box else 0)
    return box


def open_cell(page, grid: str, x: float, row: int, high: int = 31) -> None:
    """Open the editor of a cell: x from the left edge (negative: from the right), row from 0, of so many pixels."""
    editor = page.locator("#portal > *")
    for _ in range(4):
        box = at_rest(page.locator(grid).first)
        page.mouse.click(box["x"] + (x if x >= 0 else box["width"] + x), box["y"] + 36 + high * row + 15)
        page.wait_for_timeout(400)
        if not editor.count():
            page.keyboard.press("Enter")
            page.wait_for_timeout(600)
        if editor.count():
            return
    raise AssertionError("the cell's editor did not open")
