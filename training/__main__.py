"""`python -m training`: generate, tokenizer, train, eval, export, plot."""

from training.cli import main

main()
