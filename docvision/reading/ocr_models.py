"""RapidOCR's detector, recogniser and angle classifier, set up to be fast and to stay offline."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from docvision.reading.ocr_gaps import GapDecoder

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"
_CLASSIFIER = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"

_LOOK_SECONDS = 0.1
"""How soon it is seen that nobody wants the words any more."""
_LEAST_SURE = 0.35
"""How sure the detector must be of a line. Of a digit that stands alone it is half sure at best.

What is no text, the recogniser tells.
"""
ANY_BATCH = 1_000_000
"""Crops of one call are one batch; whoever calls decides how many that are."""


@dataclass(frozen=True, kw_only=True)
class Models:
    """RapidOCR's three parts. Each may be called from several threads at once."""

    detector: Any
    recogniser: Any
    classifier: Any


def load_models(threads: int) -> Models:
    """Load the models from RapidOCR's wheel.

    The detector shares its work among `threads` threads: a page is large, and few are looked at
    at once. The others run on one thread, as many of their batches run side by side.

    Takes about half a second, most of it for imports.
    """
    # Heavy: OpenCV and onnxruntime, wanted only where something is read by OCR.
    from rapidocr.ch_ppocr_cls import TextClassifier  # noqa: PLC0415
    from rapidocr.ch_ppocr_det import TextDetector  # noqa: PLC0415
    from rapidocr.ch_ppocr_rec import TextRecognizer  # noqa: PLC0415
    from rapidocr.main import DEFAULT_CFG_PATH  # noqa: PLC0415
    from rapidocr.utils.parse_parameters import ParseParams  # noqa: PLC0415

    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    config = ParseParams.load(DEFAULT_CFG_PATH)
    folder = Path(DEFAULT_CFG_PATH).parent / "models"

    def part(section: Any, model: str, threads: int = 1) -> Any:
        section._set_flag("allow_objects", True)
        section.session = _session(folder / model, threads)
        section.font_path = None
        return section

    config.Det.box_thresh = _LEAST_SURE
    recogniser: Any = TextRecognizer(part(config.Rec, _RECOGNISER))
    recogniser.rec_batch_num = ANY_BATCH
    recogniser.postprocess_op = GapDecoder(recogniser.postprocess_op)
    return Models(
        detector=TextDetector(part(config.Det, _DETECTOR, threads)),
        recogniser=recogniser,
        classifier=TextClassifier(part(config.Cls, _CLASSIFIER)),
    )


@contextlib.contextmanager
def stopped_when(
    cancelled: Callable[[], bool],
) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Lend a context in which the models stop in the middle of a page once `cancelled()`.

    It is entered in each thread that calls them. A model that was stopped raises what RapidOCR
    makes of it, which only somebody who knows that it was cancelled can tell from a fault.
    """
    # Heavy, as above.
    from onnxruntime import RunOptions  # type: ignore[import-untyped] # noqa: PLC0415

    options, over = RunOptions(), threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            if cancelled():
                options.terminate = True
                return

    @contextlib.contextmanager
    def here() -> Iterator[None]:
        _here.options = options
        try:
            yield
        finally:
            _here.options = None

    watcher = threading.Thread(target=watch, name="ocr-cancel", daemon=True)
    watcher.start()
    try:
        yield here
    finally:
        over.set()
        watcher.join()


_here = threading.local()
"""The options of this thread's runs, as far as somebody may want to stop them."""


@cache
def _session_type() -> Any:
    # Heavy, as above.
    from onnxruntime import InferenceSession  # noqa: PLC0415

    class Session(InferenceSession):  # type: ignore[misc]
        """One whose runs can be stopped from another thread."""

        def run(self, output_names: Any, input_feed: Any, run_options: Any = None) -> Any:
            """Run the model; see `stopped_when`."""
            options = run_options or getattr(_here, "options", None)
            return super().run(output_names, input_feed, options)

    return Session


def _session(path: Path, threads: int) -> Any:
    # Heavy, as above.
    from onnxruntime import SessionOptions  # noqa: PLC0415

    options = SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    # Threads that spin while they wait take the other core from the page beside.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return _session_type()(_without_denormals(path), options, providers=["CPUExecutionProvider"])


def _without_denormals(path: Path) -> bytes:
    """Return an ONNX model whose weights below 1.2e-38 are zero.

    A convolution of the detector has 63 % of such denormal weights, left over from weight decay.
    x86 multiplies them a hundred times slower, so that two convolutions take more than half of
    the detector's time; what they add is far below the precision of the sums. onnxruntime's own
    `session.set_denormal_as_zero` reaches its pool's threads but not the thread that calls.
    """
    model = _model_type().FromString(path.read_bytes())
    for tensor in model.graph.initializer:
        if tensor.data_type == _FLOAT and tensor.raw_data:
            values = np.frombuffer(tensor.raw_data, dtype="<f4").copy()
            values[np.abs(values) < np.finfo(np.float32).tiny] = 0
            tensor.raw_data = values.tobytes()
    return bytes(model.SerializeToString())


_FLOAT = 1
"""ONNX's TensorProto.FLOAT."""


@cache
def _model_type() -> Any:
    """Return the message type of an ONNX file, as far as its weights are concerned.

    Field numbers are those of onnx.proto3; protobuf carries every other field along unread.
    """
    # Comes with onnxruntime; the `onnx` package would bring the whole type, and much more.
    from google.protobuf import (  # type: ignore[import-untyped]  # noqa: PLC0415
        descriptor_pb2,
        descriptor_pool,
        message_factory,
    )

    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="onnx_weights.proto", package="weights", syntax="proto2"
    )
    tensor = file.message_type.add(name="Tensor")
    tensor.field.add(name="data_type", number=2, type=field.TYPE_INT32, label=field.LABEL_OPTIONAL)
    tensor.field.add(name="raw_data", number=9, type=field.TYPE_BYTES, label=field.LABEL_OPTIONAL)
    graph = file.message_type.add(name="Graph")
    graph.field.add(
        name="initializer",
        number=5,
        type=field.TYPE_MESSAGE,
        type_name=".weights.Tensor",
        label=field.LABEL_REPEATED,
    )
    model = file.message_type.add(name="Model")
    model.field.add(
        name="graph",
        number=7,
        type=field.TYPE_MESSAGE,
        type_name=".weights.Graph",
        label=field.LABEL_OPTIONAL,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("weights.Model"))
