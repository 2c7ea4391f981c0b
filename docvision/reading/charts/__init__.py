"""Charts: where they stand on a page, and the data that their geometry tells."""
