"""The whole service on one machine: Valkey, the API and the workers as child processes."""

from docvision.stack.stack import Stack

__all__ = ["Stack"]
