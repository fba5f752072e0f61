"""Measurements of Lexicord beside what one would use without it: `python -m benchmarks [NAME…]`."""
