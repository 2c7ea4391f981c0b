"""Thousands of files that nobody should send, through the sandbox and through the service."""
