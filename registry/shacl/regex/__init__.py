"""Regular expressions of XPath and XQuery Functions and Operators, section 5.6.1, as SPARQL REGEX and sh:pattern use
them: parsed into a tree, matched by Python's `re` where that is quick, else by an automaton in linear time."""

from registry.shacl.regex.pattern import Pattern, compile_pattern

__all__ = ["Pattern", "compile_pattern"]
