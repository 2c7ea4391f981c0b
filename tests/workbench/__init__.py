"""A package, so that its browser and its service end with the last of its tests.

While Playwright runs it keeps an event loop in this thread, in which later tests could not
run their own.
"""
