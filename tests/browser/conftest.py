"""A Chromium before the running page; nothing outside this machine is asked for."""

import pytest

from tests.browser.server import ARGUMENTS, chromium, running_page


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    program = chromium()
    if program is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("FUNDOPT_HOME", str(tmp_path_factory.mktemp("home")))
    with running_page() as (address, process), sync_playwright() as play:
        found = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield found, address, process
        found.close()
    monkeypatch.undo()


@pytest.fixture
def page(browser):
    found, address, _ = browser
    context = found.new_context(locale="zh-CN", accept_downloads=True, viewport={"width": 1366, "height": 768})
    context.set_default_timeout(60000)  # a busy machine
    page = context.new_page()
    outside = []
    page.on(
        "request",
        lambda r: (
            outside.append(r.url) if "127.0.0.1" not in r.url and not r.url.startswith(("data:", "blob:")) else None
        ),
    )
    page.goto(address)
    page.get_by_role("button", name="用示例开始").wait_for(timeout=60000)
    yield page
    assert outside == []
    context.close()
