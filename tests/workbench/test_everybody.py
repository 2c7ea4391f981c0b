"""The workbench is for everybody: in the light, in the dark, on a phone, by what axe-core finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import SAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_sending_with_what_it_will_cost(desk):
    # given the page as it is opened
    page = desk.open("/")
    page.locator("input[name=task]").first.wait_for()
    desk.audit("send-empty", "phone")

    # when an invoice is chosen, and an archive with it
    files = [SAMPLES / "invoice.pdf", SAMPLES / "archive.zip"]
    page.get_by_label("Files to send").set_input_files(files)
    page.locator("input[value=extract]").check()

    # then it says what this will cost, what is in the archive included
    expect(page.locator(".estimate")).to_contain_text("pages")
    expect(page.locator(".estimate")).to_contain_text("tokens")
    desk.audit("send")


def test_jobs(desk, invoice, report):
    page = desk.open("/jobs")
    page.get_by_role("link", name="report.pdf").first.wait_for()
    desk.audit("jobs", "phone")

    # when a file's name is typed, then only its jobs are left, and the address says so
    page.get_by_role("searchbox").fill("report")
    expect(page.get_by_role("link", name="invoice.pdf")).to_have_count(0)
    expect(page.get_by_role("link", name="report.pdf").first).to_be_visible()
    assert "find=report" in page.url

    # and where no job fits what was asked for
    page = desk.open("/jobs?find=no+such+file")
    expect(page.get_by_role("heading", name="No job fits these filters")).to_be_visible()
    desk.audit("jobs-none")


@pytest.mark.parametrize("tab", ["fields", "text", "json", "files", "about"])
def test_what_was_found(desk, invoice, tab):
    page = desk.open(f"/jobs/{invoice}?tab={tab}")
    page.locator(".leaf img").first.wait_for()
    if tab == "fields":
        page.locator(".fields .field").first.hover()
        page.locator(".lit").first.wait_for()
    desk.audit(
        "look" if tab == "fields" else f"look-{tab}", *(("dark", "phone") * (tab == "fields"))
    )


def test_tables_and_charts(desk, report, charts):
    page = desk.open(f"/jobs/{report}?tab=tables")
    page.locator(".grid").first.wait_for()
    page.locator(".grid td").first.hover()
    desk.audit("tables")
    page = desk.open(f"/jobs/{charts}?tab=charts")
    page.locator(".crop img").first.wait_for()
    page.locator("figure").first.hover()
    desk.audit("charts")


def test_checking(desk, bench):
    job_id = bench.doubtful()
    page = desk.open(f"/check/{job_id}")
    page.locator(".doubt-card").wait_for()
    page.locator(".leaf img").first.wait_for()
    page.locator(".doubt-list button", has_text="Total").first.click()
    page.locator(".closeup img").wait_for()
    desk.audit("check", "phone", "dark")
    page.keyboard.press("e")
    page.get_by_label("Right value of").wait_for()
    desk.audit("check-correcting")
