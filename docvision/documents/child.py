"""The process that parses what is not trusted: `python -m docvision.documents.child`.

It serves one document at a time, over a socket whose number it is given: `open`, then `page`,
`text_layer`, `render` and `frame`, then `close`; or of an archive `open_archive`, then `next` and
`read` by turns. Whatever a parser raises becomes a typed error on
the wire; what ends the process, the parent sees. It imports neither torch nor celery, and the
settings' pydantic neither, to start fast.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
import traceback
from collections.abc import Callable, Sequence

from docvision.documents import sniff
from docvision.documents.confine import allow_cpu, confine
from docvision.documents.image import ImageParser
from docvision.documents.limits import ParserLimits
from docvision.documents.parser import Parser
from docvision.documents.pdf import PdfParser
from docvision.documents.records import info_to_wire, layer_to_wire, page_to_wire
from docvision.documents.shared import attach
from docvision.documents.unpack import Unpacker, open_unpacker
from docvision.documents.wire import Hangup, Header, Message, receive, send
from docvision.errors import Corrupt, DocvisionError, TooLarge

_SEND_SECONDS = 60.0
_TRACE_CHARACTERS = 4000


class Server:
    """Answers the parent's calls about the one document that is open."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._parser: Parser | None = None
        self._archive: Unpacker | None = None
        self._fd: int | None = None
        self._calls: dict[str, Callable[[Header, Sequence[int]], Header | Message]] = {
            "open": self._open,
            "page": self._page,
            "text_layer": self._text_layer,
            "render": self._render,
            "frame": self._frame,
            "open_archive": self._open_archive,
            "next": self._next,
            "read": self._read,
            "close": self._close,
        }

    def answer(self, call: Message) -> Message:
        """Do one call and return its answer, or the error that it ended with."""
        answer = self._try(call.header, call.fds)
        return answer if isinstance(answer, Message) else Message(header=answer)

    def _try(self, header: Header, fds: Sequence[int]) -> Header | Message:
        try:
            return self._calls[header["call"]](header, fds)
        except DocvisionError as error:
            return {"error": error.to_wire()}
        except MemoryError:
            return {"error": self._out_of_memory().to_wire()}
        except Exception as error:  # noqa: BLE001 - a process's edge: parsers raise anything
            damage = Corrupt("The file is damaged: it cannot be read to the end.")
            # Not the exception's own words: they may quote the file.
            places = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
            return {"error": damage.to_wire(), "trace": places[-_TRACE_CHARACTERS:]}

    def _open(self, header: Header, fds: Sequence[int]) -> Header:
        self._close({}, [])
        self._fd = os.dup(fds[0])
        allow_cpu(header["cpu_seconds"])
        limits = ParserLimits(**header["limits"])
        self._parser = _open_parser(self._fd, header["media_type"], header["password"], limits)
        return info_to_wire(self._parser.info)

    def _page(self, header: Header, fds: Sequence[int]) -> Header:
        return page_to_wire(self._opened.page(header["index"]))

    def _text_layer(self, header: Header, fds: Sequence[int]) -> Message:
        return layer_to_wire(self._opened.text_layer(header["index"]))

    def _render(self, header: Header, fds: Sequence[int]) -> Header:
        out = attach(fds[0], header["width"], header["height"])
        x0, y0, x1, y1 = header["region"]
        parser, index = self._opened, header["index"]
        if header["second"] and isinstance(parser, PdfParser):
            parser.render_with_poppler(index, (x0, y0, x1, y1), out)
        else:
            parser.render(index, (x0, y0, x1, y1), out)
        return {"time": None}

    def _frame(self, header: Header, fds: Sequence[int]) -> Header:
        out = attach(fds[0], header["width"], header["height"])
        return {"time": self._opened.frame(header["time"], out)}

    def _open_archive(self, header: Header, fds: Sequence[int]) -> Header:
        self._close({}, [])
        self._fd = os.dup(fds[0])
        allow_cpu(header["cpu_seconds"])
        self._archive = open_unpacker(self._fd, header["media_type"])
        return {"count": self._archive.count}

    def _next(self, header: Header, fds: Sequence[int]) -> Header:
        head = self._unpacker.next()
        if head is None:
            return {"name": None}
        return {"name": head.name, "problem": head.problem and head.problem.to_wire()}

    def _read(self, header: Header, fds: Sequence[int]) -> Message:
        return Message(header={}, raw=self._unpacker.read())

    def _close(self, header: Header, fds: Sequence[int]) -> Header:
        parser, self._parser = self._parser, None
        if parser is not None:
            parser.close()
        archive, self._archive = self._archive, None
        if archive is not None:
            archive.close()
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
        return {}

    @property
    def _opened(self) -> Parser:
        if self._parser is None:
            raise Corrupt("No document is open.")
        return self._parser

    @property
    def _unpacker(self) -> Unpacker:
        if self._archive is None:
            raise Corrupt("No archive is open.")
        return self._archive

    def _out_of_memory(self) -> DocvisionError:
        gc.collect()
        return TooLarge(
            "Reading the file takes more memory than allowed.",
            limit="sandbox_memory_bytes",
            allowed=self._memory_bytes,
            found=self._memory_bytes,
        )


def _open_parser(fd: int, media_type: str, password: str | None, limits: ParserLimits) -> Parser:
    if media_type == sniff.PDF:
        return PdfParser(fd, password=password, limits=limits)
    if media_type in sniff.IMAGES:
        return ImageParser(fd, media_type=media_type, limits=limits)
    # Few documents are videos, and FFmpeg is half of what a child would load.
    from docvision.documents.video import VideoParser  # noqa: PLC0415

    return VideoParser(fd, media_type=media_type, limits=limits)


def serve(channel: socket.socket, memory_bytes: int) -> None:
    """Answer calls until the parent hangs up."""
    server = Server(memory_bytes)
    while True:
        call = receive(channel, seconds=None)
        try:
            answer = server.answer(call)
        finally:
            for fd in call.fds:
                os.close(fd)
        send(channel, answer, seconds=_SEND_SECONDS)


def main(arguments: list[str]) -> None:
    """Run a child: the socket's number, the memory limit in bytes, the parent's process id."""
    number, memory_bytes, parent = map(int, arguments)
    channel = socket.socket(fileno=number)
    sys.dont_write_bytecode = True  # What it imports from here on it may not write.
    confine(memory_bytes=memory_bytes, parent=parent)
    # Libraries print what they think of a file; nobody reads it.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)
    try:
        send(channel, Message(header={"ready": True}), seconds=_SEND_SECONDS)
        serve(channel, memory_bytes)
    except Hangup:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
