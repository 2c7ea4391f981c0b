"""The parts of `classify`: what stands on documents of a kind, and what the model says."""
