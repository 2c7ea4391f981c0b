"""How many pages a day an installation reads, from measured processor seconds a page.

`python -m benchmarks.capacity` prints the table of docs/howto/scaling.md. The rates are those of
benchmarks/README.md; give your own with `--rate NAME=SECONDS`, after measuring them on your
documents and machines.
"""

from __future__ import annotations

import argparse

DAY = 86_400
RATES = {
    "digital PDF (text layer)": 0.068,
    "one-page job, all in all": 0.0219,
}
"""Processor seconds, of one core, per page; from `long_pdf` and `job_overhead`."""
LOAD = 0.7
"""Part of the time that cores are kept busy: the rest is for bursts and for restarts."""
CORES = (2, 8, 32, 128)


def pages_a_day(seconds: float, cores: int) -> int:
    """Return the pages that so many cores read in a day, to two figures."""
    exact = DAY * LOAD * cores / seconds
    return int(float(f"{exact:.2g}"))


def table(rates: dict[str, float]) -> str:
    """Return the table as Markdown."""
    head = "| Kind of page | seconds of a core | " + " | ".join(f"{n} cores" for n in CORES) + " |"
    rule = "|" + "---|" * (len(CORES) + 2)
    rows = (
        f"| {kind} | {seconds:g} | "
        + " | ".join(f"{pages_a_day(seconds, cores):,}" for cores in CORES)
        + " |"
        for kind, seconds in rates.items()
    )
    return "\n".join((head, rule, *rows))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", action="append", default=[], metavar="NAME=SECONDS")
    given = (pair.rpartition("=") for pair in parser.parse_args().rate)
    print(table(RATES | {name: float(seconds) for name, _, seconds in given}))


if __name__ == "__main__":
    main()
