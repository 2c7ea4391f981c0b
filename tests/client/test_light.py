"""The library's front door and its clients stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "onnxruntime", "cv2", "rapidocr", "numpy", "celery", "fastapi")


def modules_after(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_import_docvision_brings_nothing_but_the_standard_library():
    assert modules_after("import docvision").isdisjoint({*HEAVY, "httpx", "pydantic"})


def test_the_clients_bring_no_model_and_no_numbers():
    assert modules_after("import docvision; docvision.AsyncClient").isdisjoint(HEAVY)


def test_every_public_name_is_there():
    import docvision

    assert {"AsyncClient", "Client", "DocvisionError", "Result", "__version__", "read"} <= set(
        dir(docvision)
    )
    assert docvision.__version__
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = docvision.nonsense
