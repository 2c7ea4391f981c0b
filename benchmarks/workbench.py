"""How the workbench feels, in figures: a real Chromium on the real stack, bar by bar.

`python -m benchmarks.workbench` runs the workbench's own tests (they measure while they check),
and holds what they measured against the bars. Words after it go to pytest, so that
`-k "receipt or first_view"` measures those alone. Exits 1 where a bar is missed or a test fails.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

TESTS = "tests/workbench"
Measured = Mapping[str, Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A figure made of what tests recorded under a name, and the most that it may be."""

    what: str
    name: str
    most: float
    unit: str = ""
    of: Callable[[Sequence[float]], float] = max


BARS = (
    Bar(what="first view", name="first_view_seconds", most=1.0, unit="s"),
    Bar(what="first view, transferred", name="first_view_bytes", most=300_000, unit="bytes"),
    Bar(what="clicks to the first lit field of a receipt", name="clicks", most=4),
    Bar(what="opening the page to that field lit", name="seconds_to_lit", most=15.0, unit="s"),
    Bar(what="500 pages scrolled, memory of the tab", name="tab_bytes", most=300e6, unit="bytes"),
    Bar(what="pages loaded at once", name="pages_at_once", most=4),
    Bar(what="keys a doubtful field", name="keys_a_field", most=2.0),
    Bar(what="axe-core violations", name="violations", most=0, of=sum),
    Bar(what="console lines", name="console_lines", most=0, of=sum),
    Bar(what="scripts run out of a hostile document", name="scripts_run", most=0, of=sum),
    Bar(what="layout shift while a screen loads", name="layout_shift", most=0.1),
)
COUNTED = (("fields settled by keyboard", "fields_settled"), ("screens audited", "audits"))


def main() -> None:
    """Run the tests, print the figures, judge."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # The older form of the report is the one that has what tests record.
        form = ("-o", "junit_family=xunit1", f"--junitxml={report}")
        command = ["-m", "pytest", TESTS, "-q", *form, *sys.argv[1:]]
        failed = subprocess.run([sys.executable, *command], check=False).returncode != 0
        measured = figures(ElementTree.parse(report).getroot())
    missed = [bar for bar in BARS if not judge(bar, measured)]
    for what, name in COUNTED:
        print(f"{what:<46} {sum(measured.get(name, ())):>12,.0f}")
    sys.exit("MISSED" if failed or missed else 0)


def figures(report: ElementTree.Element) -> Measured:
    """Return what the tests recorded, by name."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for one in report.iter("property"):
        found[one.attrib["name"]].append(float(one.attrib["value"]))
    return found


def judge(bar: Bar, measured: Measured) -> bool:
    """Print a figure beside its bar; returns False where it is missed."""
    values = measured.get(bar.name)
    if not values:
        print(f"{bar.what:<46} {'not measured':>12}")
        return True
    value = bar.of(values)
    good = value <= bar.most
    digits = 0 if value == int(value) else 3
    print(
        f"{bar.what:<46} {value:>12,.{digits}f} {bar.unit:<6} bar {bar.most:,.10g}"
        f"{'' if good else '  MISSED'}"
    )
    return good


if __name__ == "__main__":
    main()
