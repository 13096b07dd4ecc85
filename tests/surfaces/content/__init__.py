"""The HAL surface, one file for each thing that it promises."""
