"""The parts of `ask`: which pages, what the model says of them, and how far to believe it."""
