"""Synthetic documents, and the trainer that makes `docvision/nano` from them."""

from docvision.engines.vision_import import allow_torchvision

# transformers imports torchvision early, which fails beside CPU-only torch.
allow_torchvision()
