"""Makes torchvision importable beside a CPU-only torch.

torchvision's wheels carry C++ operators that need CUDA libraries. Without those its import fails
on `torchvision::nms`, and with it transformers' video processors and qwen-vl-utils, though none of
them ever calls the operator. Declaring the two schemas is enough for the import to pass.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache

_SCHEMAS = ("nms", "qnms")


@cache
def allow_torchvision() -> None:
    """Import torchvision, declaring the operators that it misses only where that is needed."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        _declare()
        importlib.import_module("torchvision")


def _declare() -> None:
    import torch  # noqa: PLC0415 - heavy, and only needed where a model is really loaded

    # A half-made import would be taken for a whole one.
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name in _SCHEMAS:
        schema = f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        library.define(schema)  # type: ignore[no-untyped-call]
    # The schemas live as long as the library, which must therefore outlive this call.
    _kept.append(library)


_kept: list[object] = []
