"""What a job will cost, before it runs: arithmetic on pages and sizes. Light: asks no model."""
