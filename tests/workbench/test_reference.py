"""The reference of the REST interface is shown by a machine that reaches nothing else."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.workbench.conftest import Bench


def test_the_reference_shows_every_route_and_asks_nobody_else(
    bench: Bench, browser: Browser
) -> None:
    # given a browser whose requests and complaints are noted
    asked: list[str] = []
    said: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

        # when somebody looks at /docs and opens a route
        page.goto(f"{bench.url}/docs")
        page.get_by_text("Send files to be read").click()

        # then it is there, with its example
        expect(page.get_by_text("curl -F file=@report.pdf").first).to_be_visible()

    # and everything came from this server, under the page's policy
    assert said == []
    assert {url for url in asked if not url.startswith(("data:", bench.url))} == set()
