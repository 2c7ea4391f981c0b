"""The parts of `extract`: windows over the words, the questions, tables, and the data."""
