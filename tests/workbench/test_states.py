"""What the workbench shows of jobs that have no result, and to whom it shows what."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from .conftest import SAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EMPTY = (
    ("batches-empty", "/jobs?show=batches", "No batches yet"),
    ("check-empty", "/check", "Nothing to check"),
    ("figures-empty", "/figures", "No job has ended yet."),
)
"""Screens of somebody who has nothing: a picture's name, where it is, what it says."""


@pytest.fixture(scope="package")
def long_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scan of so many pages that reading it takes far longer than a click."""
    page = Image.new("L", (1000, 1400), "white")
    pen = ImageDraw.Draw(page)
    for line in range(40):
        pen.text((60, 40 + line * 33), "Goods were delivered and nobody was there", "black")
    pages = [page.copy() for _ in range(60)]
    for number, one in enumerate(pages):
        ImageDraw.Draw(one).text((60, 10), f"Page {number}", "black")
    path = tmp_path_factory.mktemp("scan") / "long scan.pdf"
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:])
    return path


def test_a_job_is_cancelled_by_a_click_and_says_so(desk, bench, long_scan):
    # given a long job that is being read
    job_id = bench.send(long_scan, options='{"reader": "ocr"}')
    page = desk.open(f"/jobs/{job_id}")
    expect(page.locator("progress")).to_be_visible()
    desk.audit("reading")

    # when somebody cancels it
    page.get_by_role("button", name="Cancel").click()

    # then the page says that there is no result, and the list says the same
    expect(page.get_by_role("heading", name="This job was cancelled")).to_be_visible()
    desk.audit("cancelled")
    desk.open("/jobs?state=cancelled")
    expect(page.get_by_role("link", name="long scan.pdf")).to_be_visible()
    assert bench.http.get(f"/v1/jobs/{job_id}").json()["state"] == "cancelled"

    # and somebody who thinks again takes it up again
    page.get_by_role("button", name="Retry long scan.pdf").click()
    bench.until(job_id, "queued", "running")
    bench.http.post(f"/v1/jobs/{job_id}/cancel")


def test_a_job_that_has_expired_says_that_its_files_are_gone(desk, bench):
    # given a job that was kept for a second
    job_id = bench.send(SAMPLES / "invoice.pdf", keep="1")
    bench.until(job_id, "expired")

    # when somebody opens it
    page = desk.open(f"/jobs/{job_id}")

    # then it says so, and a picture of its page is not given any more
    expect(page.get_by_role("heading", name="This job has expired")).to_be_visible()
    desk.audit("expired")
    assert bench.http.get(f"/v1/jobs/{job_id}/documents/0/pages/1.png").status_code == 410


def test_a_file_that_cannot_be_read_says_why(desk, bench, tmp_path):
    # given a PDF that breaks off
    (tmp_path / "broken.pdf").write_bytes((SAMPLES / "invoice.pdf").read_bytes()[:900])
    job_id = bench.send(tmp_path / "broken.pdf")
    problem = bench.until(job_id)["problem"]

    # then the page shows the reason
    page = desk.open(f"/jobs/{job_id}")
    expect(page.get_by_role("heading", name="This job failed")).to_be_visible()
    expect(page.get_by_text(problem["message"])).to_be_visible()
    desk.audit("failed")


def test_an_address_of_no_job_says_that_there_is_none(make_desk):
    desk = make_desk()
    page = desk.open("/jobs/0123456789")
    expect(page.get_by_role("heading", name="There is no such job")).to_be_visible()
    desk.audit("no-such-job")
    # what the browser itself writes of a 404 is no fault of the page
    desk.said[:] = [said for said in desk.said if "404" not in said]


def test_tenants_sign_in_with_their_keys_and_see_only_theirs(make_desk, keyed, make_key):
    # given two tenants, one of whom has sent a file
    acme, globex = make_key("acme", "read", "submit"), make_key("globex", "read")
    headers = {"Authorization": f"Bearer {acme}"}
    with (SAMPLES / "invoice.pdf").open("rb") as file:
        job = keyed.http.post("/v1/jobs", files={"file": file}, headers=headers).json()

    # when its people sign in
    ours = make_desk(keyed)
    page = ours.open("/jobs")
    page.get_by_label("API key").fill("not a key")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This key is not known here")).to_be_visible()
    ours.audit("sign-in", "phone")
    page.get_by_label("API key").fill(acme)
    page.get_by_role("button", name="Sign in").click()

    # then they see the job and its pages
    page.get_by_role("link", name="invoice.pdf").click()
    expect(page.locator(".leaf img")).to_be_visible()

    # and the key is neither a cookie nor anything that outlives the tab
    assert page.context.cookies() == []
    assert acme not in str(page.evaluate("JSON.stringify(localStorage)"))

    # and the other tenant sees nothing of it
    theirs = make_desk(keyed)
    page = theirs.open("/jobs")
    page.get_by_label("API key").fill(globex)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Nothing was sent yet")).to_be_visible()
    theirs.audit("jobs-empty")
    for name, place, words in EMPTY:
        page.goto(f"{keyed.url}/#{place}")
        expect(page.get_by_text(words)).to_be_visible()
        theirs.audit(name)
    page.goto(f"{keyed.url}/#/jobs/{job['id']}")
    expect(page.get_by_role("heading", name="There is no such job")).to_be_visible()

    # and who may only read is told so when they send
    page.goto(f"{keyed.url}/#/")
    page.get_by_label("Files to send").set_input_files(SAMPLES / "invoice.pdf")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Your key does not allow this")).to_be_visible()
    theirs.audit("no-permission")
    for desk in (ours, theirs):
        desk.said[:] = [said for said in desk.said if "Failed to load resource" not in said]


def test_a_video_plays_with_a_ticket_where_keys_are_asked_for(keyed, make_key):
    # given a key, and a file that was sent with it
    headers = {"Authorization": f"Bearer {make_key('films', 'read', 'submit')}"}
    with (SAMPLES / "slides.mp4").open("rb") as file:
        job = keyed.http.post("/v1/jobs", files={"file": file}, headers=headers).json()
    path = f"/v1/jobs/{job['id']}/documents/0"

    # when a player asks for a part of it with a ticket, and no key
    url = keyed.http.post(f"{path}/ticket", headers=headers).json()["url"]
    part = keyed.http.get(url, headers={"Range": "bytes=100-199"})

    # then it gets that part, as no page of ours, and nothing without a ticket or with another's
    assert part.status_code == 206
    assert part.content == (SAMPLES / "slides.mp4").read_bytes()[100:200]
    assert part.headers["content-disposition"].startswith("attachment")
    assert part.headers["x-content-type-options"] == "nosniff"
    assert keyed.http.get(f"{path}/file").status_code == 401
    assert keyed.http.get(url.replace("/documents/0", "/documents/1")).status_code == 401
    assert keyed.http.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 401


def test_while_the_server_is_silent_or_away_the_page_says_so(make_desk):
    # given a server that does not answer yet
    desk = make_desk()
    page = desk.page
    page.route("**/v1/**", lambda route: None)
    desk.open("/figures")

    # then grey bars keep the place
    expect(page.get_by_role("status", name="Loading")).to_be_visible()
    desk.audit("loading")

    # and when it is away the page says so, and goes on as soon as somebody tries again
    page.unroute_all()
    page.route("**/v1/**", lambda route: route.abort())
    desk.open("/jobs")
    expect(page.get_by_text("The server cannot be reached").first).to_be_visible()
    desk.audit("unreachable")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The server cannot be reached")).to_have_count(0)
    desk.said[:] = [said for said in desk.said if "ERR_FAILED" not in said]


HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def test_a_document_full_of_script_does_nothing(desk, bench, tmp_path, record_property):
    # given a document, with a name, that are nothing but HTML and script
    from reportlab.pdfgen.canvas import Canvas

    file = BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for row in range(12):
        canvas.drawString(40, 780 - 30 * row, f"{row} {HOSTILE}")
    canvas.drawString(40, 300, "[click](javascript:window.hacked=1) {{7*7}} ${window.hacked=1}")
    canvas.save()
    path = tmp_path / "<img src=x onerror=alert(1)>.pdf"
    path.write_bytes(file.getvalue())
    job_id = bench.send(path, "ask", options=f'{{"questions": ["{"<script>hacked=1</script>"}"]}}')
    bench.until(job_id)

    # when somebody looks at all of it
    page = desk.open(f"/jobs/{job_id}")
    page.locator(".leaf img").wait_for()
    desk.audit("answers")
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.wait_for_timeout(100)
    page.get_by_role("tab", name="Text").click()

    # then its words are shown as words, and nothing of it ran
    expect(page.get_by_text('onerror="window.hacked=1"').first).to_be_visible()
    page.goto(f"{bench.url}/#/jobs")
    expect(page.get_by_role("link", name="<img src=x").first).to_be_visible()
    ran = page.evaluate("window.hacked")
    record_property("scripts_run", int(ran is not None))
    assert ran is None

    # and as a page of its own, from our own address, it does not run either
    page.goto(f"{bench.url}/v1/jobs/{job_id}/result?format=html")
    assert page.evaluate("window.hacked") is None


def test_the_page_says_what_it_may_load_and_nothing_comes_from_outside(make_desk, bench):
    # given the page's policy
    policy = bench.http.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy

    # when all places are opened
    desk = make_desk()
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    for place in ("/", "/jobs", "/jobs?show=batches", "/check", "/figures"):
        desk.open(place)
        desk.page.wait_for_load_state("networkidle")

    # then only this server was asked, and a second visit loads nothing that was loaded before
    ours = (bench.url, "about:", "blob:")
    assert [url for url in asked if not url.startswith(ours)] == []
    page = bench.http.get("/")
    again = bench.http.get("/", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304
