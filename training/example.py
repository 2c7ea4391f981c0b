"""One labelled example: what the model is shown, what it should say, where that stands."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A stretch of the answer that is copied: answer[start:end] stands at prompt[source:].

    Of an `alike` one each token must be found, not only the first: others begin as it does.
    """

    start: int
    end: int
    source: int
    alike: bool = False


@dataclass(frozen=True, kw_only=True)
class Example:
    """A prompt and its answer.

    `copies` say where copied stretches come from; `decisions` are other stretches of the
    answer that count in full (a null). `image` is height x width x 3; `columns` gives for
    each character of the answer the (left, right, line top, line bottom) pixels of its ink.
    """

    task: str
    prompt: str
    answer: str
    copies: tuple[Copy, ...] = ()
    decisions: tuple[tuple[int, int], ...] = ()
    image: Pixels | None = None
    columns: tuple[tuple[float, float, float, float], ...] = ()
