"""The model card of a checkpoint folder, written from its measured figures."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open

_HEAD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: image-text-to-text
---

# nano

A Qwen3-VL model of {size}, made from nothing by `python -m training` on documents that the trainer
invents: receipts, invoices, forms, letters and pictures of single lines, in fonts of Debian
packages. No real document, no other model and no downloaded data went into it.

It ships with docvision so that the real Qwen-VL code path runs on any machine, offline.

```python
from transformers import AutoModelForImageTextToText, AutoProcessor

model = AutoModelForImageTextToText.from_pretrained("docvision/nano")
processor = AutoProcessor.from_pretrained("docvision/nano")
```

## Measured

On held-out templates, fonts and seeds, by `{command}`.
`extract` is from a document's own words with a few misread; `extract_read` from what RapidOCR
reads on worn renderings; `fields` are the values outside lists, `items` those in lists. `chart`
is from the words on drawn charts as RapidOCR reads them, by the adapter in `chart/`: with their
values written beside their marks, or without. Heights that are not written are measured by
docvision's reader and told in the prompt; the figure says whether each found its category and
series, and nothing of what the model sees: it is shown no picture of a chart. `chart_reader` is
docvision's reader by itself, which needs no model. `cer` is the character error rate on pictures of
single lines, other readers on the same pictures.

| figure | measured | bar |
|---|---|---|
"""

_TAIL = """
## Limits

- Of a document's words it copies: run it under a grammar that accepts only those
  (`docvision/engines/grammar.py`), as docvision does. Freely it only reads a line in a picture,
  letter by letter.
- Charts are told by their words and by what was measured (`docvision/tasks/chart_words.py`): of a
  height that nobody measured it can tell nothing. Its LoRA adapter for them lies in `chart/`
  (`model.load_adapter`); docvision asks it where no value was measured, or no name found.
- Values on one line only; English labels and some German and French ones; Latin script.
- Where a figure above misses its bar, it misses it: `profile.json` says what docvision may ask
  of this checkpoint, and a large checkpoint does all of it better.
"""


def write_card(
    folder: Path, figures: Mapping[str, float], bars: Mapping[str, float], command: str
) -> None:
    """Write README.md beside a checkpoint."""
    rows = [f"| {name} | {value:.3f} | {bars.get(name, '')} |" for name, value in figures.items()]
    head = _HEAD.replace("{command}", command).replace("{size}", _size(folder))
    (folder / "README.md").write_text(head + "\n".join(rows) + "\n" + _TAIL)


def _size(folder: Path) -> str:
    """Return how large a checkpoint is, in words."""
    config = json.loads((folder / "config.json").read_text())
    sight, text = config["vision_config"], config["text_config"]
    with safe_open(folder / "model.safetensors", "pt") as weights:
        shapes = [weights.get_slice(name).get_shape() for name in weights.offset_keys()]
    patch, merge = sight["patch_size"], sight["spatial_merge_size"]
    return (
        f"{sum(map(math.prod, shapes)) / 1e6:.1f} million parameters\n"
        f"(vision {sight['depth']} x {sight['hidden_size']}, "
        f"text {text['num_hidden_layers']} x {text['hidden_size']}, "
        f"patch {patch}, merge {merge}: {patch * merge} px per token)"
    )
