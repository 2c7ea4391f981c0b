"""What somebody does all day: send, watch, look, correct, export."""

from __future__ import annotations

import base64
import json
import time
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from docvision.evaluation.cases import load_cases

from .conftest import SAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_receipt_is_sent_and_its_first_field_lights_its_words_within_four_clicks(
    desk, bench, record_property
):
    # given the page, just opened
    started = time.monotonic()
    page = desk.open()
    clicks = 0

    # when somebody chooses a file, the task, the kind of document, and sends
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
        clicks += 1
    chooser.value.set_files(SAMPLES / "receipt.jpg")
    page.locator("input[value=extract]").check()
    clicks += 1
    page.get_by_label("Fields to extract").select_option("receipt")
    clicks += 1
    page.get_by_role("button", name="Send", exact=True).click()
    clicks += 1

    # and points at the first field when it is there
    first = page.locator(".fields .field").first
    first.hover()

    # then its words are lit on the page, just where the result says that they stand
    lit = page.locator(".overlay .lit")
    expect(lit.first).to_be_visible()
    record_property("seconds_to_lit", time.monotonic() - started)
    job_id = page.url.rpartition("/")[2].partition("?")[0]
    evidence = bench.result(job_id)["documents"][0]["extraction"]["evidence"]
    known = evidence[first.get_attribute("data-pointer")]
    assert float(lit.first.get_attribute("x")) == pytest.approx(
        (known["boxes"] or [known["bbox"]])[0][0], abs=1e-4
    )
    assert lit.count() == max(1, len(known["boxes"]))
    record_property("clicks", clicks)
    assert clicks <= 4


HAND_OVER = """([kind, name, bytes]) => {
    const transfer = new DataTransfer();
    const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([data], name, {type: 'application/pdf'}));
    const event = kind === 'drop'
        ? new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true})
        : new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true});
    document.querySelector('.drop').dispatchEvent(event);
}"""


def test_files_are_dropped_pasted_and_chosen_as_a_folder(desk, tmp_path):
    # given a folder with a folder in it
    (tmp_path / "inbox" / "more").mkdir(parents=True)
    for name in ("one.pdf", "more/two.pdf"):
        (tmp_path / "inbox" / name).write_bytes((SAMPLES / "form.pdf").read_bytes())

    # when a file is dropped, one is pasted, and the folder is chosen
    page = desk.open()
    page.locator(".drop").wait_for()
    invoice = base64.b64encode((SAMPLES / "invoice.pdf").read_bytes()).decode()
    page.evaluate(HAND_OVER, ["drop", "dropped.pdf", invoice])
    page.evaluate(HAND_OVER, ["paste", "pasted.pdf", invoice])
    page.get_by_label("Folder to send").set_input_files(tmp_path / "inbox")

    # then all of them are there, those of the folder with the way to them
    chosen = page.get_by_role("region", name="List of files")
    for name in ("dropped.pdf", "pasted.pdf", "inbox/one.pdf", "inbox/more/two.pdf"):
        expect(chosen.get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Send 4 files")).to_be_enabled()


def test_pointing_at_words_shows_which_field_used_them(desk, bench, invoice):
    # given an invoice that was read
    page = desk.open(f"/jobs/{invoice}")
    leaf = page.locator(".leaf").first
    leaf.locator("img").wait_for()
    extraction = bench.result(invoice)["documents"][0]["extraction"]
    pointer, known = next(
        (name, one)
        for name, one in extraction["evidence"].items()
        if name.count("/") == 1 and one["bbox"] and extraction["data"][name[1:]] is not None
    )

    # when somebody points at the words of a field
    frame = leaf.bounding_box()
    x0, y0, x1, y1 = (known["boxes"] or [known["bbox"]])[0]
    page.mouse.move(
        frame["x"] + frame["width"] * (x0 + x1) / 2, frame["y"] + frame["height"] * (y0 + y1) / 2
    )

    # then the field is marked
    expect(page.locator(f'[data-pointer="{pointer}"].on')).to_be_visible()


def test_a_corrected_field_stands_in_results_and_in_the_data_set(desk, bench, tmp_path):
    # given an invoice that was read
    job_id = bench.send(SAMPLES / "invoice.pdf", "extract", options='{"schema": "invoice"}')
    bench.until(job_id)
    page = desk.open(f"/jobs/{job_id}")

    # when somebody corrects a field
    field = page.locator('.field[data-pointer="/seller/name"], .field[data-pointer="/seller_name"]')
    field.first.hover()
    field.first.get_by_role("button", name="Correct").click()
    field.first.get_by_role("textbox").fill("Brückner & Vale Instruments GmbH")
    field.first.get_by_role("button", name="Correct", exact=True).last.click()

    # then the page says so
    expect(field.first.get_by_text("corrected")).to_be_visible()

    # and the result has the value, and what stood there before
    extraction = bench.result(job_id)["documents"][0]["extraction"]
    pointer = field.first.get_attribute("data-pointer")
    assert extraction["corrections"][pointer]["action"] == "correct"
    assert "Brückner & Vale Instruments GmbH" in json.dumps(extraction["data"], ensure_ascii=False)

    # and the corrections are a data set that `docvision eval` reads
    desk.open(f"/jobs/{job_id}?tab=about")
    expect(page.get_by_text("What people settled")).to_be_visible()
    expect(page.get_by_role("cell", name="Brückner & Vale Instruments GmbH").first).to_be_visible()
    desk.audit("history")
    desk.open("/figures")
    page.get_by_role("button", name="Export corrections").wait_for()
    desk.audit("figures", "phone")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export corrections").click()
    download.value.save_as(tmp_path / "corrections.zip")
    zipfile.ZipFile(tmp_path / "corrections.zip").extractall(tmp_path)
    case = next(one for one in load_cases(tmp_path / "cases.jsonl") if job_id in one.id)
    assert (tmp_path / case.file).read_bytes() == (SAMPLES / "invoice.pdf").read_bytes()
    assert "Brückner & Vale Instruments GmbH" in json.dumps(case.expected.data, ensure_ascii=False)


def test_a_row_that_is_missing_is_added_and_one_too_many_taken_out(desk, bench, invoice):
    # given an invoice of which the lines were read
    job_id = bench.send(SAMPLES / "invoice.pdf", "extract", options='{"schema": "invoice"}')
    bench.until(job_id)
    before = bench.result(job_id)["documents"][0]["extraction"]["data"]["line_items"]
    page = desk.open(f"/jobs/{job_id}")

    # when somebody adds a row, and takes the first one out
    page.get_by_role("button", name="Add a row").click()
    expect(page.get_by_text("rows corrected")).to_be_visible()
    page.locator(".records .cell").first.click()
    page.get_by_role("button", name="Remove this row").click()

    # then the result has just these rows
    bench.settled(job_id, 2)
    after = bench.result(job_id)["documents"][0]["extraction"]
    assert after["data"]["line_items"][:-1] == before[1:]
    assert set(after["data"]["line_items"][-1].values()) == {None}
    assert after["corrections"]["/line_items"]["action"] == "correct"


def test_a_result_is_downloaded_under_the_name_of_its_file(desk, invoice, tmp_path: Path):
    # when somebody downloads the text of an invoice
    page = desk.open(f"/jobs/{invoice}?tab=files")
    with page.expect_download() as download:
        page.get_by_role("button", name="Markdown").click()

    # then it comes as a file of that name
    assert download.value.suggested_filename == "invoice.md"
    download.value.save_as(tmp_path / "invoice.md")
    assert "invoice_number" in (tmp_path / "invoice.md").read_text(encoding="utf-8")


def test_an_archive_with_a_broken_file_becomes_a_batch_that_says_which_and_why(desk):
    # when an archive is sent in which a PDF is broken
    page = desk.open()
    page.get_by_label("Files to send").set_input_files(SAMPLES / "archive.zip")
    page.locator("input[value=ocr]").check()
    page.get_by_role("button", name="Send", exact=True).click()

    # then the batch shows, file by file, and in the end which could not be read and why
    expect(page.get_by_role("heading", name="Batch")).to_be_visible()
    expect(page.get_by_text("files were not read")).to_be_visible()
    page.get_by_text("files were not read").click()
    expect(page.get_by_text("harbour office.pdf").first).to_be_visible()
    expect(page.locator("details .danger").first).not_to_be_empty()
    desk.audit("batch")
    page.get_by_role("button", name="Batches").click()
    expect(page.get_by_role("region", name="Batches")).to_be_visible()
    desk.audit("batches", "phone")


def test_a_table_of_fields_is_made_saved_and_sent(desk, bench, tmp_path):
    # given somebody who wants fields of their own
    page = desk.open()
    page.get_by_label("Files to send").set_input_files(SAMPLES / "letter-scan.pdf")
    page.locator("input[value=extract]").check()
    page.get_by_label("Fields to extract").select_option(label="New table of fields…")

    # when they describe them, save them under a name and send
    page.get_by_label("Name of field 1").fill("Sender")
    page.get_by_label("Meaning of field 1").fill("who wrote the letter")
    page.get_by_label("Name of field 2").fill("Written on")
    page.get_by_label("Type of field 2").select_option("date")
    page.get_by_label("Name of the schema").fill("our_letters")
    desk.audit("send-fields")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("2 fields: Sender · Written on")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/jobs/*")

    # then the job asks for just these, and the schema is there for the next time
    job = bench.http.get(f"/v1/jobs/{page.url.rpartition('/')[2]}").json()
    assert set(job["options"]["schema"]["properties"]) == {"sender", "written_on"}
    names = [one["name"] for one in bench.http.get("/v1/schemas").json()["schemas"]]
    assert "our_letters" in names
    bench.http.post(f"/v1/jobs/{job['id']}/cancel")


def test_a_video_plays_and_a_click_on_its_timeline_jumps_there(desk, bench):
    # given a video that was read
    job_id = bench.send(SAMPLES / "slides.mp4")
    bench.until(job_id)
    page = desk.open(f"/jobs/{job_id}")
    desk.until("document.querySelector('video')?.readyState >= 1")

    # when somebody clicks on a text of the fourth slide
    entry = page.locator(".timeline button").filter(has_text="Passengers in millions").first
    entry.click()

    # then the player stands where that text is on screen, and its box is drawn
    desk.until("document.querySelector('video').currentTime > 8")
    expect(page.locator(".timeline button.now").filter(has_text="Passengers")).to_be_visible()
    expect(page.locator(".screen-of .overlay rect").first).to_be_attached()
    desk.audit("video")
