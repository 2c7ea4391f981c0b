"""Scenes: what a viewer would call one picture is one scene."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from docvision.documents.base import VideoFrame
from docvision.views.scenes import find_scenes, sample_times

WIDE, HIGH = 192, 108


def slide(seed: int, bullets: int = 5) -> np.ndarray:
    """A white slide with a title and lines of dark, text-like noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((HIGH, WIDE, 3), 250, np.uint8)
    for row in range(bullets):
        top = 12 + row * 18
        width = int(rng.integers(60, 150))
        ink = rng.random((5, width)) < 0.45
        picture[top : top + 5, 12 : 12 + width][ink] = 30
    return picture


def with_cursor(picture: np.ndarray, x: int, y: int, size=(2, 3)) -> np.ndarray:
    drawn = picture.copy()
    drawn[y : y + size[1], x : x + size[0]] = 0
    return drawn


def film(pictures, step=0.5):
    return [VideoFrame(time=i * step, pixels=p) for i, p in enumerate(pictures)]


def scenes_of(pictures, budget=64):
    return find_scenes(film(pictures), duration=len(pictures) * 0.5, budget=budget)


def test_each_slide_is_one_scene_though_the_cursor_moves():
    # given three slides of five seconds with a wandering cursor
    rng = np.random.default_rng(7)
    pictures = [
        with_cursor(slide(number), int(rng.integers(0, 180)), int(rng.integers(0, 100)))
        for number in range(3)
        for _ in range(10)
    ]

    # when the scenes are found
    scenes = scenes_of(pictures)

    # then there is one a slide, with the times at which the slides stood
    assert [(scene.start, scene.end) for scene in scenes] == [(0, 5), (5, 10), (10, 15)]
    assert all(scene.start <= scene.time < scene.end for scene in scenes)


def test_a_new_line_on_a_slide_is_a_new_scene():
    pictures = [slide(1, bullets=n) for n in (2, 3, 4) for _ in range(8)]

    assert [scene.start for scene in scenes_of(pictures)] == [0, 4, 8]


def test_a_slide_that_comes_back_is_looked_at_once_and_timed_twice():
    pictures = [slide(n) for n in (1, 2, 1) for _ in range(6)]

    first, second, third = scenes_of(pictures)

    assert third.time == first.time
    assert (third.start, third.end) == (6, 9)
    assert second.time != first.time


def test_a_frame_caught_in_a_fade_belongs_to_what_follows():
    # given a cross-fade with one mixed frame
    a, b = slide(1), slide(2)
    mixed = ((a.astype(int) + b) // 2).astype(np.uint8)
    pictures = [a] * 6 + [mixed] + [b] * 6

    # then the mixture is no scene of its own, nor the frame to look at
    scenes = scenes_of(pictures)
    assert len(scenes) == 2
    assert scenes[1].start == 3
    assert scenes[1].time > 3


def test_the_last_of_a_fade_does_not_part_what_follows():
    # given a fade whose last frame is all but the new slide, where a pointer then tips the scales
    a, b = slide(1).astype(int), slide(2)
    late = (0.094 * a + 0.906 * b).astype(np.uint8)
    places = [(20, 100), (20, 100), (120, 96), (150, 90), (60, 100), (90, 94), (170, 98), (40, 90)]
    grounds = [late] + [b] * 7
    pictures = [slide(1)] * 8 + [
        with_cursor(ground, *at, size=(5, 5)) for ground, at in zip(grounds, places, strict=True)
    ]

    assert len(scenes_of(pictures)) == 2


def test_a_speaker_in_the_corner_does_not_cut_the_slides_to_pieces():
    # given slides with a restless picture in a corner
    rng = np.random.default_rng(3)
    pictures = []
    for number in range(3):
        for _ in range(20):
            picture = slide(number)
            picture[80:, 160:] = rng.integers(0, 255, (28, 32, 1))
            pictures.append(picture)

    # then the slides are still the scenes
    scenes = scenes_of(pictures)
    assert [scene.start for scene in scenes] == [0, 10, 20]


def test_a_fade_is_no_scene_though_a_speaker_moves_beside_it():
    # given two slides that fade into each other over two frames, a restless picture in a corner
    rng = np.random.default_rng(8)
    a, b = slide(1).astype(int), slide(2).astype(int)
    pictures = [a] * 12 + [(2 * a + b) // 3, (a + 2 * b) // 3] + [b] * 12
    pictures = [picture.astype(np.uint8) for picture in pictures]
    for picture in pictures:
        picture[80:, 160:] = rng.integers(0, 255, (28, 32, 1))

    # then there are two scenes, and neither mixture is looked at
    first, second = scenes_of(pictures)
    assert first.time < 6
    assert second.time >= 7


def test_a_new_line_shows_though_a_speaker_moves_beside_it():
    rng = np.random.default_rng(4)
    pictures = []
    for bullets in (2, 3, 4):
        for _ in range(12):
            picture = slide(1, bullets)
            picture[80:, 160:] = rng.integers(0, 255, (28, 32, 1))
            pictures.append(picture)

    assert [scene.start for scene in scenes_of(pictures)] == [0, 6, 12]


def test_two_shots_of_a_moving_camera_are_told_apart_without_a_scene_for_every_frame():
    # given twenty seconds of restless pictures, dark ones first, then bright ones
    rng = np.random.default_rng(6)
    dark = [rng.integers(0, 120, (HIGH // 4, WIDE // 4, 1)) for _ in range(20)]
    bright = [rng.integers(135, 255, (HIGH // 4, WIDE // 4, 1)) for _ in range(20)]
    pictures = [
        np.repeat(np.kron(cells, np.ones((4, 4, 1))), 3, axis=2).astype(np.uint8)
        for cells in (*dark, *bright)
    ]

    # then the budget holds and the cut is found
    scenes = scenes_of(pictures, budget=6)
    assert len(scenes) <= 6
    assert 10 in [scene.start for scene in scenes]


def test_camera_noise_is_no_change():
    rng = np.random.default_rng(5)
    base = np.repeat(rng.integers(40, 200, (HIGH, WIDE, 1)), 3, axis=2)
    pictures = [
        np.clip(base + rng.normal(0, 12, base.shape), 0, 255).astype(np.uint8) for _ in range(30)
    ]

    assert len(scenes_of(pictures)) == 1


def test_a_hundred_cuts_stay_within_the_budget_and_cover_the_video():
    pictures = [slide(number) for number in range(100) for _ in range(2)]

    scenes = scenes_of(pictures, budget=12)

    assert len({scene.time for scene in scenes}) <= 12
    assert scenes[0].start == 0
    assert scenes[-1].end == 100


def with_number(picture: np.ndarray, number: int) -> np.ndarray:
    """The slide with a small number on it: too little ink to be another picture by its size."""
    drawn = picture.copy()
    drawn[100:104, 20 + 6 * number : 23 + 6 * number] = 30
    return drawn


def yes(changes):
    return [True] * len(changes)


def test_another_number_is_another_scene_where_a_reader_says_so():
    # given a slide whose number changes after six seconds, a pointer wandering over it
    rng = np.random.default_rng(9)
    pictures = [
        with_cursor(with_number(slide(1), number), int(rng.integers(0, 180)), int(rng.integers(80)))
        for number in (1, 2)
        for _ in range(12)
    ]
    asked = []

    def reader(changes):
        asked.extend(changes)
        return [True] * len(changes)

    # when the scenes are found with a reader's help
    frames = film(pictures)
    scenes = find_scenes(frames, duration=12, budget=9, settle=reader)

    # then the reader was shown both sides of that change alone, and just where it is
    assert [(scene.start, scene.end) for scene in scenes] == [(0, 6), (6, 12)]
    (change,) = asked
    assert change.before < 6 <= change.after
    assert all(y0 > 0.9 for _, y0, _, _ in change.boxes)


def test_a_slide_that_comes_back_with_another_number_is_looked_at_again():
    pictures = [
        with_number(slide(seed), number)
        for seed, number in ((1, 1), (2, 1), (1, 5))
        for _ in range(8)
    ]

    first, _, third = find_scenes(film(pictures), duration=12, budget=9, settle=yes)

    assert third.time >= 8
    assert first.time < 4


def test_a_pointer_that_comes_to_rest_is_no_scene_where_the_words_stay():
    pictures = [with_cursor(slide(1), *at) for at in ((30, 90), (120, 95)) for _ in range(8)]

    assert len(scenes_of(pictures)) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), min_size=1, max_size=12),
    st.integers(1, 6),
)
def test_scenes_tile_the_video_and_obey_the_budget(script, budget):
    pictures = [slide(number) for number, count in script for _ in range(count)]

    scenes = scenes_of(pictures, budget=budget)

    assert scenes[0].start == 0
    assert scenes[-1].end == len(pictures) * 0.5
    for one, other in itertools.pairwise(scenes):
        assert one.end == other.start
    assert len({scene.time for scene in scenes}) <= budget
    times = {frame.time for frame in film(pictures)}
    assert all(scene.time in times for scene in scenes)


def test_no_frames_give_no_scenes():
    assert find_scenes([], duration=3, budget=4) == []


def test_neighbouring_stretches_look_at_the_same_frames():
    assert sample_times(0.0, 10.0) == [i / 2 for i in range(20)]
    assert sample_times(118.0, 122.0)[4:] == sample_times(120.0, 122.0)
    assert sample_times(0.2, 0.3) == [0.2]
