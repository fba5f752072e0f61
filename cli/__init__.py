"""The `lexicord` command: parse, call, render. No business rule lives here."""
