"""Layout: lines, columns, reading order and blocks, from words and their boxes."""

from docvision.reading.layout.page import blocks_of
from docvision.reading.words import words_of_line

__all__ = ["blocks_of", "words_of_line"]
