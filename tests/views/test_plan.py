"""The planner: within the budget, legible, and able to find its way back to the page."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docvision.documents.base import DocumentInfo, Kind, PageInfo
from docvision.errors import InvalidRequest
from docvision.settings import EngineSettings
from docvision.views.plan import Planner
from docvision.views.regions import line_views
from docvision.views.view import BoxConvention, View


@dataclass(frozen=True)
class Eye:
    """The part of a profile that the planner needs."""

    factor: int


A4 = PageInfo(width=595, height=842, unit="pt")
PLANNERS = {factor: Planner(Eye(factor), EngineSettings()) for factor in (28, 32)}
FRACTIONS = st.floats(0, 1)


@st.composite
def boxes(draw):
    x0, x1 = sorted((draw(FRACTIONS), draw(FRACTIONS)))
    y0, y1 = sorted((draw(FRACTIONS), draw(FRACTIONS)))
    return (x0, y0, x1, y1)


@settings(max_examples=300, deadline=None)
@given(
    st.floats(20, 3000),
    st.floats(20, 3000),
    st.one_of(st.none(), st.floats(0.001, 0.2)),
    st.sampled_from([28, 32]),
    st.sampled_from(["pt", "px"]),
)
def test_the_views_of_a_page_cover_it_within_the_budget(width, height, text, factor, unit):
    # when a page is planned
    views = PLANNERS[factor].page(PageInfo(width=width, height=height, unit=unit), text, index=3)

    # then each view fits and has whole tokens
    for view in views:
        assert view.page == 3
        assert view.tokens == (view.width // factor) * (view.height // factor)
        assert view.tokens <= EngineSettings().view_tokens
        assert view.width % factor == view.height % factor == 0
        assert 0 <= view.region[1] < view.region[3] <= 1 + 1e-12
        assert max(view.width, view.height) <= 200 * min(view.width, view.height)
    # and together they leave no gap
    assert views[0].region[1] == 0
    assert views[-1].region[3] == pytest.approx(1)
    for one, other in itertools.pairwise(views):
        assert other.region[1] < one.region[3]


def test_a_page_of_small_print_is_read_in_overlapping_bands():
    # given 4 pt print, which one view cannot show
    views = PLANNERS[32].page(A4, 4 / 842)

    # then there are bands, all of one size, sharing more than two lines
    assert len(views) > 1
    assert len({(view.width, view.height) for view in views}) == 1
    for one, other in itertools.pairwise(views):
        assert one.region[3] - other.region[1] > 2 * 4 / 842


def test_a_page_of_usual_print_is_one_view():
    assert len(PLANNERS[32].page(A4, 9 / 842)) == 1


@settings(max_examples=300, deadline=None)
@given(boxes(), boxes(), st.sampled_from(list(BoxConvention)))
def test_a_box_comes_back_from_the_view_where_it_was(region, inner, convention):
    # given a view of a region, and a box inside it
    if region[2] - region[0] < 0.01 or region[3] - region[1] < 0.01:
        return
    view = View(region=region, width=640, height=320, tokens=200)
    wide, high = region[2] - region[0], region[3] - region[1]
    box = (
        region[0] + inner[0] * wide,
        region[1] + inner[1] * high,
        region[0] + inner[2] * wide,
        region[1] + inner[3] * high,
    )

    # when it is written the model's way and read back
    back = view.to_page(view.from_page(box, convention), convention)

    # then it is the same box
    assert back == pytest.approx(box, abs=1e-9)


def test_each_family_writes_boxes_its_own_way():
    view = View(region=(0, 0, 1, 0.5), width=640, height=320, tokens=200)

    assert view.to_page((320, 160, 640, 320), BoxConvention.RESIZED_PIXELS) == (0.5, 0.25, 1, 0.5)
    assert view.to_page((500, 500, 1000, 1000), BoxConvention.PER_MILLE) == (0.5, 0.25, 1, 0.5)


def test_a_box_beyond_the_view_or_with_swapped_corners_is_put_right():
    view = View(width=100, height=100, tokens=1)

    assert view.to_page((900, 50, -20, 1200), BoxConvention.PER_MILLE) == (0, 0.05, 0.9, 1)


@settings(max_examples=300, deadline=None)
@given(st.lists(boxes(), min_size=1, max_size=12), st.sampled_from([28, 32]))
def test_every_word_is_shown_in_a_view_of_its_line(words, factor):
    # when words of a line are planned
    words = [word for word in words if word[2] - word[0] > 0.001 and word[3] - word[1] > 0.002]
    (views,) = line_views([words], A4, index=0, factor=factor)

    # then all of each word lies in the views of the line
    for word in words:
        shown = sum(
            max(0.0, min(word[2], view.region[2]) - max(word[0], view.region[0])) for view in views
        )
        assert shown >= word[2] - word[0] - 1e-6
    for view in views:
        assert view.width % factor == 0
        assert view.width <= 384
        assert view.height == 32 if factor == 32 else view.height == 28


def test_small_and_large_lines_are_shown_at_one_height():
    # given a 6 pt and a 30 pt line
    small = [(0.1, 0.1, 0.2, 0.1 + 6 / 842)]
    large = [(0.1, 0.3, 0.5, 0.3 + 30 / 842)]

    # when they are planned
    (one,), (other, *_) = PLANNERS[32].lines(A4, [small, large])

    # then a line has 24 px in both, at one scale across and down
    for view, points in ((one, 6), (other, 30)):
        down = view.height / ((view.region[3] - view.region[1]) * 842)
        across = view.width / ((view.region[2] - view.region[0]) * 595)
        assert points * down == pytest.approx(24, rel=0.01)
        assert across == pytest.approx(down, rel=0.01)


def test_a_long_line_is_cut_between_words():
    # given ten words across a page
    words = [(0.05 + n * 0.09, 0.5, 0.05 + n * 0.09 + 0.08, 0.512) for n in range(10)]

    # when it is planned
    (views,) = PLANNERS[32].lines(A4, [words])

    # then several views show it, and each word is whole in one of them
    assert len(views) > 1
    for word in words:
        assert any(
            view.region[0] <= word[0] + 1e-9 and word[2] <= view.region[2] + 1e-9 for view in views
        )


def video(duration: float, fps: float = 25.0) -> DocumentInfo:
    return DocumentInfo(
        kind=Kind.VIDEO, media_type="video/mp4", page_count=1, duration=duration, fps=fps
    )


@settings(max_examples=300, deadline=None)
@given(
    st.floats(0.5, 7200),
    st.floats(5, 60),
    st.integers(160, 3840),
    st.integers(120, 2160),
    st.sampled_from([28, 32]),
)
def test_a_video_stays_within_the_tokens_of_a_request(duration, fps, width, height, factor):
    plan = PLANNERS[factor].video(video(duration, fps), width, height)

    pairs = len(plan.times) / 2
    assert len(plan.times) % 2 == 0
    assert plan.tokens == plan.view.tokens * pairs
    # smart_resize rounds up to whole tokens at its lower bound, as the reference does
    assert plan.tokens <= EngineSettings().request_tokens * 1.25
    assert list(plan.times) == sorted(plan.times)
    assert plan.times[-1] <= duration + 1 / fps


def test_a_picture_cannot_be_planned_as_a_video():
    info = DocumentInfo(kind=Kind.IMAGE, media_type="image/png", page_count=1)

    with pytest.raises(InvalidRequest):
        PLANNERS[32].video(info, 100, 100)
