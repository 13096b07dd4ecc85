"""Hostile requests: each is refused or answered, soon, and in bounded memory."""
