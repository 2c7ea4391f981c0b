"""Making the samples again gives what is shipped, so they can be changed with confidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from samples.make import fonts, samples

pytestmark = pytest.mark.skipif(
    not all((fonts.FOLDER / file).exists() for file in fonts.FILES.values()),
    reason="the Debian fonts that the samples are made with are not installed",
)


@pytest.mark.parametrize("name", ["report.pdf", "statement.pdf", "invoice.pdf", "form.pdf"])
def test_a_digital_sample_comes_out_the_same(name: str, folder: Path) -> None:
    (made,) = samples.make([name])

    assert made.expected() == (folder / "expected" / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_all_samples_come_out_the_same(folder: Path, tmp_path: Path) -> None:
    for made in samples.make():
        made.write(tmp_path)

    shipped = sorted(path.name for path in (folder / "expected").glob("*.json"))
    assert shipped == sorted(path.name for path in (tmp_path / "expected").glob("*.json"))
    for name in shipped:
        again = (tmp_path / "expected" / name).read_text(encoding="utf-8")
        assert again == (folder / "expected" / name).read_text(encoding="utf-8")
        # Codecs may differ by a few bytes from one version to the next; what is shown may not.
        size = (folder / name.removesuffix(".json")).stat().st_size
        remade = (tmp_path / name.removesuffix(".json")).stat().st_size
        assert remade == pytest.approx(size, rel=0.1)
