"""A multipart form as it arrives: its parts, one after the other, never in memory as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from docvision.documents.names import NAME_LENGTH, shown_path
from docvision.errors import InvalidRequest


@dataclass(frozen=True, kw_only=True)
class Begin:
    """A part begins. `filename` is None for a plain field; it is only ever shown."""

    field: str
    filename: str | None
    path: str = ""
    """The file's name with the folders that it was sent with, for a batch; only shown too."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """Bytes of the part that began last."""

    data: bytes


class End:
    """The part that began last is complete."""


Event = Begin | Data | End


async def form_events(request: Request) -> AsyncIterator[Event]:
    """Yield what happens in the request's form, as the bytes come in.

    Raises:
        InvalidRequest: The body is no multipart form, or it breaks off.
    """
    kind, parameters = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not parameters.get(b"boundary"):
        message = "Send a multipart/form-data body with one or more parts named 'file'."
        raise InvalidRequest(message, field="body")
    form = _Form(parameters[b"boundary"])
    async for chunk in request.stream():
        for event in form.feed(chunk):
            yield event
    form.finish()


class _Form:
    """Turns the parser's callbacks into events."""

    def __init__(self, boundary: bytes) -> None:
        self._events: list[Event] = []
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._complete = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._begin,
                "on_part_data": self._data,
                "on_part_end": lambda: self._events.append(End()),
                "on_end": self._end,
            },
        )

    def feed(self, chunk: bytes) -> list[Event]:
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidRequest("The multipart form is malformed.", field="body") from error
        events, self._events = self._events, []
        return events

    def finish(self) -> None:
        if not self._complete:
            raise InvalidRequest("The multipart form breaks off.", field="body")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _begin(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        filename = options.get(b"filename")
        self._events.append(
            Begin(
                field=options.get(b"name", b"").decode(errors="replace"),
                filename=None if filename is None else _shown(filename),
                path=shown_path((filename or b"").decode(errors="replace")),
            )
        )

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(Data(data=data[start:end]))

    def _end(self) -> None:
        self._complete = True


def _shown(filename: bytes) -> str:
    """Return a name fit to be shown: no folders, no control characters, not too long."""
    last = filename.decode(errors="replace").replace("\\", "/").rpartition("/")[2]
    clean = "".join(letter for letter in last if letter.isprintable())
    return clean[:NAME_LENGTH] or "file"
