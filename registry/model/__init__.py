"""Frozen values in the standards' own words."""
