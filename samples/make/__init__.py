"""Makes the sample documents from fixed values, so that what they say is known exactly.

`python -m samples.make` writes every file of `samples/` and, beside it, `expected/NAME.json`.
It needs the Debian fonts named in `fonts`; the files that it makes need nothing.
"""
