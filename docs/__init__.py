"""The manual, and what generates its reference."""
