"""The embedded server, its socket, its lock and the address of the API."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
import redis

from docvision.errors import StackError
from docvision.stack.address import free_port, url_of
from docvision.stack.child import RestartPolicy
from docvision.stack.lock import DataLock
from docvision.stack.supervisor import Supervisor
from docvision.stack.valkey import answers, socket_path, valkey_command


def run_valkey(home: Path, work) -> None:
    """Run the embedded server on `home` while `work(connection)` runs."""
    lock = DataLock(home)
    supervisor = Supervisor(print, RestartPolicy(), lambda: False, lambda: None)
    try:
        with socket_path(home) as path:
            command = valkey_command(home, path, home / "valkey.log", lock.descriptor)
            supervisor.start(command)
            supervisor.until(lambda: answers(f"unix://{path}"), command, 10)
            with redis.Redis(unix_socket_path=str(path), decode_responses=True) as connection:
                work(connection)
            supervisor.stop(lambda: False)
    finally:
        supervisor.stop(lambda: True)
        lock.release()


def test_what_was_written_is_there_after_a_restart(tmp_path):
    # given a server that was written to and stopped
    run_valkey(tmp_path, lambda connection: connection.set("job", "kept"))

    # when another serves the same folder
    seen = []
    run_valkey(tmp_path, lambda connection: seen.append(connection.get("job")))

    # then nothing is lost
    assert seen == ["kept"]


def test_the_server_is_reached_by_its_owner_only_and_never_evicts(tmp_path):
    def work(connection: redis.Redis) -> None:
        # then it listens on no port, evicts nothing and keeps a log of changes
        config = connection.config_get("*")
        assert config["port"] == "0"
        assert config["maxmemory-policy"] == "noeviction"
        assert config["appendonly"] == "yes"
        assert stat.S_IMODE(os.stat(config["unixsocket"]).st_mode) == 0o700

    # when the server runs
    run_valkey(tmp_path, work)


def test_a_folder_with_a_long_name_or_blanks_still_gets_a_socket_that_works(tmp_path):
    # given folders whose names are longer than a socket's path may be, or would need quoting
    for name in ("long" * 40, "with blanks and ü%20"):
        home = tmp_path / name
        home.mkdir()

        # when the server runs, then it answers
        run_valkey(home, lambda connection: connection.ping())


def test_a_folder_that_another_stack_uses_is_refused_with_advice(tmp_path):
    # given a stack that holds the folder
    lock = DataLock(tmp_path)

    # when another wants it
    with pytest.raises(StackError, match="--data-dir"):
        DataLock(tmp_path, patience=0.1)

    # then it gets it once the first is done
    lock.release()
    DataLock(tmp_path, patience=0.1).release()


def test_a_folder_that_cannot_be_made_is_refused_with_advice(tmp_path):
    # given a file where the folder's parent should be
    (tmp_path / "file").touch()

    with pytest.raises(StackError, match="cannot be written"):
        DataLock(tmp_path / "file" / "data")


def test_a_port_in_use_is_refused_with_advice():
    # given a port that somebody listens on
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        # when it is asked for
        with pytest.raises(StackError, match=f"Port {port} .* --port 0"):
            free_port("127.0.0.1", port)


def test_port_0_is_any_free_port():
    assert free_port("127.0.0.1", 0) > 0


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8400"),
        ("0.0.0.0", "http://127.0.0.1:8400"),
        ("::", "http://[::1]:8400"),
        ("::1", "http://[::1]:8400"),
        ("localhost", "http://localhost:8400"),
    ],
)
def test_the_address_shown_is_one_that_this_machine_reaches(host, url):
    assert url_of(host, 8400) == url
