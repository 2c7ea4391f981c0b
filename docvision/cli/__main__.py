"""`python -m docvision.cli` is the command `docvision`."""

from docvision.cli.main import main

main()
