from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from docvision.documents.base import Kind, VideoFrame
from docvision.documents.sandbox import Sandbox
from docvision.errors import Corrupt, InvalidRequest, TooLong, TooManyFrames, UnsupportedType
from docvision.settings import Limits
from tests.documents import make

FORMATS = [
    ("mp4", "libx264", "video/mp4"),
    ("mov", "mpeg4", "video/quicktime"),
    ("matroska", "libx264", "video/x-matroska"),
    ("webm", "libvpx-vp9", "video/webm"),
]


def _shows(frame: VideoFrame, second: int) -> bool:
    middle = frame.pixels[frame.pixels.shape[0] // 2, frame.pixels.shape[1] // 2].astype(int)
    return bool(np.abs(middle - make.PALETTE[second % len(make.PALETTE)]).max() < 25)


@pytest.mark.parametrize(("format", "codec", "media_type"), FORMATS)
def test_the_frame_on_screen_is_given_for_each_time(
    sandbox: Sandbox, tmp_path: Path, format: str, codec: str, media_type: str
) -> None:
    # given a video that shows another colour each second
    path = make.video(tmp_path / "a", codec=codec, format=format)

    # when frames are asked for at several times
    times = [0.0, 0.95, 1.0, 1.55, 4.04, 6.5, 7.9]
    with sandbox.open(path) as document:
        info, page = document.info, document.page(0)
        frames = list(document.frames(times))

    # then each is the one that was on screen, and tells since when
    assert (info.kind, info.media_type, info.page_count) == (Kind.VIDEO, media_type, 1)
    assert info.duration == pytest.approx(8.0, abs=0.11)
    assert info.fps == pytest.approx(10, rel=0.02)
    assert (page.width, page.height) == (160, 96)
    assert [frame.time for frame in frames] == pytest.approx(
        [0.0, 0.9, 1.0, 1.5, 4.0, 6.5, 7.9], abs=0.002
    )
    assert all(_shows(frame, int(time)) for frame, time in zip(frames, times, strict=True))


def test_times_may_go_back(sandbox: Sandbox, tmp_path: Path) -> None:
    path = make.video(tmp_path / "a", format="mp4")

    with sandbox.open(path) as document:
        late = next(document.frames([7.2]))
        early = next(document.frames([0.5]))
        again = list(document.frames([5.5, 2.5, 2.5, 0.0]))

    assert _shows(late, 7)
    assert _shows(early, 0)
    assert [_shows(frame, second) for frame, second in zip(again, (5, 2, 2, 0), strict=True)] == [
        True
    ] * 4


def test_times_past_the_end_are_left_out(sandbox: Sandbox, tmp_path: Path) -> None:
    path = make.video(tmp_path / "a", format="mp4", seconds=3)

    with sandbox.open(path) as document:
        frames = list(document.frames([0.5, 2.9, 10.0, 20.0]))

    assert [frame.time for frame in frames] == pytest.approx([0.5, 2.9])


@pytest.mark.parametrize(("rotation", "corner"), [(90, "bottom left"), (-90, "top right")])
def test_a_phone_video_is_shown_upright(
    sandbox: Sandbox, tmp_path: Path, rotation: int, corner: str
) -> None:
    # given a video that is stored lying, its white corner top left as stored
    path = make.video(tmp_path / "a.mov", format="mov", seconds=1, rotation=rotation)

    # when it is shown
    with sandbox.open(path) as document:
        page = document.page(0)
        pixels = next(document.frames([0.5])).pixels
        still = document.render(0, 96, 160)

    # then it stands (the display matrix turns counter-clockwise)
    corners = {"bottom left": pixels[-5, 5], "top right": pixels[5, -5]}
    assert (page.width, page.height) == (96, 160)
    assert pixels.shape == still.shape == (160, 96, 3)
    assert corners.pop(corner).min() > 200
    assert all(color.min() < 200 for color in corners.values())
    assert np.abs(pixels.astype(int) - still).mean() < 2


def test_frames_come_in_the_size_asked_for(sandbox: Sandbox, tmp_path: Path) -> None:
    path = make.video(tmp_path / "a", format="mp4", seconds=2)

    with sandbox.open(path) as document:
        frames = list(document.frames([0.0, 1.0], width=64, height=32))
        region = document.render(0, 10, 10, (0.5, 0.5, 1, 1))

    assert [frame.pixels.shape for frame in frames] == [(32, 64, 3)] * 2
    assert region.shape == (10, 10, 3)


@pytest.mark.parametrize("flags", ["faststart", "frag_keyframe+empty_moov"])
def test_a_video_with_a_broken_tail_gives_what_is_there(
    sandbox: Sandbox, tmp_path: Path, flags: str
) -> None:
    # given a video of eight seconds of which the second half was never written
    path = make.video(tmp_path / "a", format="mp4", options={"movflags": flags})
    data = path.read_bytes()
    begin = data.index(b"mdat")
    path.write_bytes(data[: begin + (len(data) - begin) // 2])

    # when frames of all of it are asked for
    with sandbox.open(path) as document:
        frames = list(document.frames([float(second) for second in range(8)]))

    # then those that are there come, right ones
    assert 2 <= len(frames) < 8
    assert all(_shows(frame, second) for second, frame in enumerate(frames))


@pytest.mark.parametrize("format", ["webm", "matroska"])
def test_a_stream_that_names_no_length_is_measured(
    sandbox: Sandbox, tmp_path: Path, format: str
) -> None:
    path = make.video(
        tmp_path / "a", format=format, codec="libvpx", seconds=4, options={"live": "1"}
    )

    with sandbox.open(path) as document:
        duration = document.info.duration
        frames = list(document.frames([0.5, 3.5, 1.5]))

    assert duration == pytest.approx(4, abs=0.11)
    assert [_shows(frame, second) for frame, second in zip(frames, (0, 3, 1), strict=True)] == [
        True
    ] * 3


def test_a_long_jump_costs_no_more_than_a_short_one(sandbox: Sandbox, tmp_path: Path) -> None:
    # given a video of two minutes with a keyframe each two seconds
    path = make.video(tmp_path / "a", format="mp4", seconds=120)

    # when the last second is asked for at once, and all of it is decoded
    import time

    with sandbox.open(path) as document:
        start = time.process_time(), time.monotonic()
        jumped = next(document.frames([118.5]))
        jump = time.monotonic() - start[1]
        start = time.process_time(), time.monotonic()
        walked = list(document.frames([second / 2 for second in range(240)]))
        walk = time.monotonic() - start[1]

    assert _shows(jumped, 118)
    assert len(walked) == 240
    assert jump < walk / 4


def test_limits_of_a_video_are_named(tmp_path: Path) -> None:
    path = make.video(tmp_path / "a", format="mp4", seconds=3)

    with Sandbox(Limits(video_seconds=2), size=1) as strict, pytest.raises(TooLong) as long:
        strict.open(path)
    with Sandbox(Limits(video_frames=2), size=1) as strict, strict.open(path) as document:
        with pytest.raises(TooManyFrames) as many:
            document.frames([0.0, 1.0, 2.0])
        with pytest.raises(InvalidRequest):
            document.frames([-1.0])

    assert long.value.detail["limit"] == "video_seconds"
    assert many.value.detail["limit"] == "video_frames"


def test_sound_without_pictures_is_no_video(sandbox: Sandbox, tmp_path: Path) -> None:
    import av

    path = tmp_path / "a"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

    with pytest.raises(UnsupportedType):
        sandbox.open(path)


def test_a_playlist_named_like_a_video_opens_no_other_file(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    # given a good video, and a playlist that names it under a video's name
    secret = make.video(tmp_path / "secret.mp4", format="mp4", seconds=1)
    playlist = tmp_path / "a.mp4"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    disguised = tmp_path / "b.mp4"
    disguised.write_bytes(b"\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom" + playlist.read_bytes())

    # then neither is read
    with pytest.raises(UnsupportedType):
        sandbox.open(playlist)
    with pytest.raises(Corrupt):
        sandbox.open(disguised)
