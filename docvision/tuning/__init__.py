"""Fine-tuning on corrected documents: cases become lessons, lessons move a checkpoint's weights."""
