"""Write every sample and its expected content: `python -m samples.make [NAME…]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from samples.make import samples

HERE = Path(__file__).resolve().parent.parent


def main() -> None:
    """Make the samples whose file names are given, or all."""
    parser = argparse.ArgumentParser(description="Make the sample documents.")
    parser.add_argument("names", nargs="*", help="file names; all without any")
    parser.add_argument("--folder", type=Path, default=HERE, help="where to write")
    chosen = parser.parse_args()
    for sample in samples.make(chosen.names):
        sample.write(chosen.folder)
        print(f"{sample.name:20} {len(sample.data) / 1024:8.0f} KiB  {len(sample.pages)} pages")


if __name__ == "__main__":
    main()
