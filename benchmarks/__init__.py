"""Measurements: each module is a command, see README.md."""
