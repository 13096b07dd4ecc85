"""HAL shapes (draft-kelly-json-hal-11): pure functions, no HTTP, no content."""
