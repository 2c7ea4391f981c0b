"""What `extract` is asked for: JSON Schemas, the built-in ones and those that users send.

Light: the API checks a schema with it before any work is done.
"""
