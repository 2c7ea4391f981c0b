"""Synthetic documents, and the trainer that makes `docvision/nano` from them."""
