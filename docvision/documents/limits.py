"""The limits that a parser checks before it does the work, with the errors that name them."""

from __future__ import annotations

from dataclasses import dataclass

from docvision.errors import TooLong, TooManyPages, TooManyPixels


@dataclass(frozen=True, kw_only=True)
class ParserLimits:
    """The part of `settings.Limits` that a parser needs (its child does not load pydantic)."""

    pages: int
    image_pixels: int
    video_seconds: float

    def check_pages(self, found: int) -> None:
        """Raise TooManyPages where a document has more pages than allowed."""
        if found > self.pages:
            raise TooManyPages(
                f"The document has {found} pages; {self.pages} are allowed.",
                limit="pages",
                allowed=self.pages,
                found=found,
            )

    def check_pixels(self, width: int, height: int) -> None:
        """Raise TooManyPixels where a picture of this size has more pixels than allowed."""
        if width * height > self.image_pixels:
            raise TooManyPixels(
                f"A picture of {width} × {height} pixels is larger than allowed "
                f"({self.image_pixels} pixels).",
                limit="image_pixels",
                allowed=self.image_pixels,
                found=width * height,
            )

    def check_seconds(self, found: float) -> None:
        """Raise TooLong where a video is longer than allowed."""
        if found > self.video_seconds:
            raise TooLong(
                f"The video runs {found:.1f} s; {self.video_seconds:g} s are allowed.",
                limit="video_seconds",
                allowed=self.video_seconds,
                found=found,
            )
