"""What clients of HAL rely on, asked of everything that can be reached."""
