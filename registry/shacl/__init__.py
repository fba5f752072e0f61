"""The SHACL engine: shapes compiled once, data validated as pure values."""
