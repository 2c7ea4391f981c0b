"""The command line: `docvision read | submit | jobs | up | models | settings`."""

from docvision.cli.main import main

__all__ = ["main"]
