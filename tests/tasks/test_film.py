"""Scenes become a timeline: what stood on screen, from when to when."""

from docvision.results.model import Block, BlockKind, Line, Page, Source, Word
from docvision.tasks.film import join_scenes, timeline


def scene(start: float, end: float, *texts: str) -> Page:
    lines = []
    for row, text in enumerate(texts):
        box = (0.1, 0.1 * row + 0.1, 0.9, 0.1 * row + 0.15)
        lines.append(Line(words=(Word(text=text, bbox=box),), bbox=box))
    blocks = tuple(
        Block(
            kind=BlockKind.PARAGRAPH,
            bbox=line.bbox,
            text=line.text,
            lines=(line,),
            source=Source.OCR,
        )
        for line in lines
    )
    return Page(number=1, width=64, height=36, unit="px", time=start, until=end, blocks=blocks)


def test_a_title_that_stays_is_one_entry() -> None:
    entries = timeline([scene(0, 4, "Roadmap"), scene(4, 9, "Roadmap", "2026")])
    assert [(entry.text, entry.start, entry.end) for entry in entries] == [
        ("Roadmap", 0, 9),
        ("2026", 4, 9),
    ]


def test_a_line_that_comes_back_later_is_a_new_entry() -> None:
    entries = timeline([scene(0, 2, "Agenda"), scene(2, 5, "Figures"), scene(5, 6, "Agenda")])
    assert [(entry.text, entry.start, entry.end) for entry in entries] == [
        ("Agenda", 0, 2),
        ("Figures", 2, 5),
        ("Agenda", 5, 6),
    ]


def test_a_misread_letter_does_not_part_an_entry() -> None:
    entries = timeline([scene(0, 2, "Quarterly report"), scene(2, 5, "Quarterly rep0rt")])
    assert [(entry.text, entry.end) for entry in entries] == [("Quarterly report", 5)]


def test_another_number_is_another_entry() -> None:
    entries = timeline([scene(0, 2, "Result: 18.5 % more"), scene(2, 5, "Result: 18.6 % more")])
    assert [(entry.text, entry.end) for entry in entries] == [
        ("Result: 18.5 % more", 2),
        ("Result: 18.6 % more", 5),
    ]


def test_a_scene_parted_by_a_stretch_is_joined_and_numbers_run_on() -> None:
    # given a scene that the second stretch saw go on from before its start, read a little otherwise
    pages = join_scenes([scene(0, 60, "A"), scene(58.5, 70, "a"), scene(70, 80, "B")])
    assert [(page.number, page.time, page.until) for page in pages] == [(1, 0, 70), (2, 70, 80)]


def test_a_scene_that_starts_with_its_stretch_is_another_one() -> None:
    pages = join_scenes([scene(0, 60, "Costs 12"), scene(60, 70, "Costs 13")])
    assert [(page.time, page.until) for page in pages] == [(0, 60), (60, 70)]
