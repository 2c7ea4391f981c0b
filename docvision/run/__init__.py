"""The work on a job, one message at a time; `steps` tells the walk."""

from docvision.run.bench import Bench
from docvision.run.steps import assemble, prepare, read
from docvision.run.work import do

__all__ = ["Bench", "assemble", "do", "prepare", "read"]
