"""Jobs under fire: `python -m benchmarks.chaos`. See `run`."""
