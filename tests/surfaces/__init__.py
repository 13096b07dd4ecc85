"""Surfaces, as their clients see them."""
