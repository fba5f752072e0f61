"""Frozen values in the standards' own words: what every layer above speaks of."""
