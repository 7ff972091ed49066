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


def solve(page) -> None:
    page.get_by_role("button", name="下一步：求解与方案").click()
    page.get_by_role("button", name="求解", exact=True).click()
    page.get_by_role("tab", name="分配表").wait_for(timeout=120000)
