"""Properties that cross every operation."""
