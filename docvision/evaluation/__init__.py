"""How well the tasks do on a folder of cases: metrics, datasets, reports."""
