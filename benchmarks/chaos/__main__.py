"""The command line: `python -m benchmarks.chaos`."""

from __future__ import annotations

import argparse
import signal
import sys
import time

from benchmarks.chaos.run import TAKEN_UP_SECONDS, run
from benchmarks.chaos.watching import Outcome, percentile

LONG = {
    "kill worker": 100,
    "kill broker": 30,
    "kill api": 10,
    "stop worker": 10,
    "stop api": 5,
    "stop broker": 5,
    "half-open": 5,
    "disk full": 5,
    "cut log": 5,
    "set clock": 6,
}


def main() -> None:
    """Run the long form, or a share of it, and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--faults", type=float, default=1.0, help="share of the long form's faults")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between faults, mean")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=600.0, help="go on for so long at most")
    parser.add_argument("--only", choices=LONG, help="do faults of this kind alone")
    parser.add_argument("--without", choices=LONG, help="do no faults of this kind")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    plan = {kind: max(1, round(count * arguments.faults)) for kind, count in LONG.items()}
    plan.pop(arguments.without, None)
    if arguments.only:
        plan = {arguments.only: plan[arguments.only]}
    # A stop is a way out like any other: what was started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcome = run(
        arguments.jobs,
        plan,
        arguments.seed,
        pause=arguments.pause,
        minutes=arguments.minutes,
        say=_say,
    )
    _show(outcome)
    sys.exit(0 if outcome.good else 1)


def _say(line: str) -> None:
    print(line, flush=True)


def _show(outcome: Outcome) -> None:
    print(f"{outcome.accepted} jobs accepted in {outcome.seconds:.0f} s: {dict(outcome.states)}")
    print(
        f"missing {outcome.missing}, committed twice {outcome.committed_twice}, "
        f"stuck {outcome.stuck}, with wrong pages {outcome.wrong_pages}; done again because the "
        f"broker lost the end of its log: {outcome.done_again}"
    )
    for kind, count in sorted(outcome.faults.items()):
        felt = outcome.recoveries.get(kind, [])
        middle, longest = percentile(felt, 0.5), max(felt, default=0.0)
        print(f"{count:4} × {kind:12} next job ended after {middle:.1f} s, at most {longest:.1f} s")
    if outcome.taken_up:
        late = sum(seconds > TAKEN_UP_SECONDS for seconds in outcome.taken_up)
        print(
            f"{len(outcome.taken_up)} pieces of killed workers' work were taken up after "
            f"{percentile(outcome.taken_up, 0.5):.1f} s, at most {max(outcome.taken_up):.1f} s; "
            f"{late} of them later than the lease and 10 s"
        )


if __name__ == "__main__":
    main()
