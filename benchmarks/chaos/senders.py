"""Sends jobs, and goes on sending each until it is known to be accepted."""

from __future__ import annotations

import io
import random
import threading
import time

import httpx
from PIL import Image, ImageDraw

PAGES = (1,) * 14 + (3, 12)
"""A job is of so many pages, drawn from these."""
IN_FLIGHT = 60
"""Jobs that wait or are read at once, so that faults always meet some."""


class Senders:
    """Threads that send jobs; `accepted` maps the ids that the API has answered for to pages."""

    def __init__(self, url: str, jobs: int, dice: random.Random, threads: int = 3) -> None:
        self._url = url
        self._left = jobs
        self._dice = dice
        self._lock = threading.Lock()
        self._documents = {pages: tiff(pages) for pages in set(PAGES)}
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]
        self.accepted: dict[str, int] = {}
        self.finished = 0
        self.refused: list[str] = []
        self.retries = 0

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send no more."""
        with self._lock:
            self._left = 0

    @property
    def done(self) -> bool:
        """Whether everything was accepted."""
        return not any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Wait until everything was accepted."""
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=20, trust_env=False) as http:
            while (pages := self._next()) is not None:
                self._send(http, pages)

    def _next(self) -> int | None:
        while len(self.accepted) - self.finished > IN_FLIGHT:
            time.sleep(0.02)
        with self._lock:
            if self._left == 0:
                return None
            self._left -= 1
            return self._dice.choice(PAGES)

    def _send(self, http: httpx.Client, pages: int) -> None:
        with self._lock:
            key = f"{self._dice.getrandbits(128):032x}"
        while True:
            try:
                answer = http.post(
                    "/v1/jobs",
                    files={"file": (f"{pages}.tiff", self._documents[pages])},
                    data={"options": '{"reader": "model"}'},
                    headers={"Idempotency-Key": key},
                )
            except httpx.TransportError:
                self.retries += 1
                time.sleep(0.2)
                continue
            if answer.status_code == 202:
                with self._lock:
                    self.accepted[answer.json()["id"]] = pages
                return
            if answer.status_code not in (429, 503):
                self.refused.append(answer.text)
                return
            self.retries += 1
            time.sleep(0.2)


def tiff(pages: int, upright: int | None = None) -> bytes:
    """Return a picture with so many pages, all of them broad but the one `upright`."""
    pictures = []
    for number in range(pages):
        picture = Image.new("RGB", (160, 100), "white")
        draw = ImageDraw.Draw(picture)
        draw.text((10, 40), f"Page {number + 1}", fill="black")
        # Where there is little ink, OCR is asked whether there is any text at all.
        draw.rectangle((10, 60, 150, 90), fill="black")
        pictures.append(picture.rotate(90, expand=True) if number == upright else picture)
    file = io.BytesIO()
    more = pictures[1:]
    pictures[0].save(file, "TIFF", save_all=True, append_images=more, compression="tiff_deflate")
    return file.getvalue()
