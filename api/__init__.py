"""The HTTP surface: parse, call, render. No business rule lives here."""
