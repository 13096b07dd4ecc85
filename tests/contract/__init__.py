"""The machine-readable descriptions, held against what is really sent."""
