"""What the model is shown: sizes, regions and frames, and the way back from its boxes."""
