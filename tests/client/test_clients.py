"""Both clients, against a server that gives scripted answers over real sockets."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from docvision import errors
from docvision.jobs.model import State


def test_a_submission_carries_the_file_the_task_and_the_options(call, server, job_body, tmp_path):
    # given a file with a name that is not plain ASCII
    file = tmp_path / "Übersicht.pdf"
    file.write_bytes(b"%PDF-1.7 bytes of a document")
    server.then(202, job_body("queued"))

    # when it is submitted
    job = call(server.url, "submit", file, options={"pages": "1-3"})

    # then the server got all of it in one form, and the client a job
    method, path, body = server.requests[0]
    assert (method, path) == ("POST", "/v1/jobs")
    assert b"%PDF-1.7 bytes of a document" in body
    assert 'filename="Übersicht.pdf"'.encode() in body
    assert b'name="task"\r\n\r\nocr' in body
    assert b'{"pages": "1-3"}' in body
    assert job.state is State.QUEUED


def test_a_wait_tells_every_change_and_ends_with_the_job(call, server, job_body):
    # given a job that is read page by page
    server.then(200, job_body("queued", revision=1))
    server.then(200, job_body("running", 1, 2)).then(200, job_body("succeeded", 2, 3))
    seen = []

    # when it is waited for
    job = call(server.url, "wait", "abc", on_progress=lambda now: seen.append(now.progress.done))

    # then each page was told, and later polls named what was already known
    assert job.state is State.SUCCEEDED
    assert seen == [0, 1, 2]
    assert [path for _, path, _ in server.requests] == [
        "/v1/jobs/abc",
        "/v1/jobs/abc?wait=20.00&revision=1",
        "/v1/jobs/abc?wait=20.00&revision=2",
    ]


def test_a_server_that_answers_at_once_is_asked_again_when_it_says(call, server, job_body):
    # given a server that does not hold polls open
    server.then(200, job_body("running")).then(200, job_body("running"), retry_after="0.3")
    server.then(200, job_body("succeeded", 2, 2))

    # when a job is waited for
    begun = time.monotonic()
    call(server.url, "wait", "abc")

    # then the client stayed away as long as it was told to
    assert 0.3 <= time.monotonic() - begun < 3
    assert len(server.requests) == 3


def test_a_wait_that_is_over_says_where_the_job_stands(call, server, job_body):
    # given a job that never ends
    server.then(200, job_body("running"), retry_after="0.05")

    # when it is waited for with a limit
    with pytest.raises(errors.JobNotReady, match=r"still running after 0\.3 s"):
        call(server.url, "wait", "abc", timeout=0.3)


def test_a_problem_becomes_its_typed_error(call, server):
    # given a server that refuses a file
    server.then(
        413,
        {
            "type": "about:blank",
            "title": "Too large",
            "status": 413,
            "code": "too_large",
            "detail": "The file has 9 bytes; 5 are allowed.",
            "limit": "file_bytes",
            "allowed": 5,
            "found": 9,
        },
    )

    # when a client meets it
    with pytest.raises(errors.TooLarge) as caught:
        call(server.url, "jobs")

    # then the error has the sentence and the plain values
    assert caught.value.message == "The file has 9 bytes; 5 are allowed."
    assert caught.value.detail == {"limit": "file_bytes", "allowed": 5, "found": 9}


def test_an_answer_that_is_no_problem_still_says_what_happened(call, server):
    # given a proxy that answers in HTML
    server.then(404, b"<html>nothing here</html>")

    # when a client meets it
    with pytest.raises(errors.DocvisionError, match="404 Not Found"):
        call(server.url, "job", "abc")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_after_the_time_it_names(call, server, job_body, status):
    # given a server that is busy once
    server.then(status, {"code": "storage", "detail": "busy"}, retry_after="0.2")
    server.then(200, job_body("succeeded"))

    # when a job is asked for
    begun = time.monotonic()
    job = call(server.url, "job", "abc")

    # then the second answer counts
    assert job.state is State.SUCCEEDED
    assert time.monotonic() - begun >= 0.2


def test_a_busy_server_takes_a_submission_the_second_time_whole(call, server, job_body, tmp_path):
    # given a server that is busy once
    file = tmp_path / "a.png"
    file.write_bytes(b"picture" * 1000)
    server.then(503, {"code": "storage", "detail": "busy"}, retry_after="0")
    server.then(202, job_body("queued"))

    # when a file is submitted
    call(server.url, "submit", file)

    # then both tries carried all of it
    assert [body.count(b"picture") for _, _, body in server.requests] == [1000, 1000]


def test_a_lost_connection_is_tried_again_for_a_question(call, server, job_body):
    # given a server that hangs up once
    server.then_hang_up().then(200, job_body("succeeded"))

    # when a job is asked for, then the second answer counts
    assert call(server.url, "job", "abc").state is State.SUCCEEDED


def test_a_submission_that_may_have_arrived_is_not_sent_twice(call, server, job_body, tmp_path):
    # given a server that hangs up after it took the file
    file = tmp_path / "a.png"
    file.write_bytes(b"picture")
    server.then_hang_up().then(202, job_body("queued"))

    # when a file is submitted
    with pytest.raises(errors.ServerUnavailable):
        call(server.url, "submit", file)

    # then it was sent once
    assert len(server.requests) == 1


def test_where_no_server_is_the_error_says_how_to_start_one(call):
    # given a port on which nobody listens
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    # when a client asks there
    with pytest.raises(errors.ServerUnavailable, match="`docvision up` starts one"):
        call(f"http://127.0.0.1:{port}", "tasks")


def test_an_address_that_is_none_is_refused_at_once(call):
    with pytest.raises(errors.InvalidRequest, match="no server's address"):
        call("localhost:8400", "jobs")


def test_an_id_that_is_none_never_reaches_the_server(call, server):
    # given an id that would lead elsewhere
    with pytest.raises(errors.InvalidRequest):
        call(server.url, "job", "../admin")
    assert server.requests == []


def test_a_missing_file_is_an_ordinary_os_error(call, server):
    with pytest.raises(FileNotFoundError):
        call(server.url, "submit", Path("no-such-file.pdf"))


def test_a_rendered_result_comes_as_the_bytes_sent(call, server):
    # given a result in Markdown
    server.then(200, "# Ü\n".encode())

    # when it is fetched, then its bytes are untouched
    assert call(server.url, "result_as", "abc", "md") == "# Ü\n".encode()
    assert server.requests[0][1] == "/v1/jobs/abc/result?format=md"


def test_jobs_are_listed_cancelled_done_again_and_deleted(call, server, job_body):
    # given a server with a job
    server.then(200, {"jobs": [job_body()]}).then(200, job_body("cancelled"))
    server.then(202, job_body("queued")).then(204, b"")

    # when it is listed, cancelled, done again and deleted
    listed = call(server.url, "jobs", state=State.RUNNING, limit=5, before="zz")
    cancelled = call(server.url, "cancel", "abc")
    again = call(server.url, "retry", "abc")
    call(server.url, "delete", "abc")

    # then each was one request
    assert [job.id for job in listed] == ["abc"]
    assert cancelled.state is State.CANCELLED
    assert again.state is State.QUEUED
    assert [(method, path) for method, path, _ in server.requests] == [
        ("GET", "/v1/jobs?limit=5&state=running&before=zz"),
        ("POST", "/v1/jobs/abc/cancel"),
        ("POST", "/v1/jobs/abc/retry"),
        ("DELETE", "/v1/jobs/abc"),
    ]
