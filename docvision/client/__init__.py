"""Talks to a docvision server over REST: `Client`, and `AsyncClient` for asyncio."""

from docvision.client.asyncio import AsyncClient
from docvision.client.sync import Client

__all__ = ["AsyncClient", "Client"]
