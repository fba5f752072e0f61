"""Matching vocabularies: conflicts between them and suggested mappings, as pure functions of values.

Importing this costs nothing heavy; `suggest` asks for the extra `matching` when it is called.
"""

from registry.matching.candidate import Candidate, Competitor, Context, Evidence, Similarity, Structure
from registry.matching.normalise import normalise
from registry.matching.settings import MatchSettings
from registry.matching.suggestions import suggest
from registry.matching.vocabulary import Entry, Label, Vocabulary, common_languages

__all__ = [
    "Label",
    "Entry",
    "Vocabulary",
    "common_languages",
    "normalise",
    "MatchSettings",
    "suggest",
    "Candidate",
    "Evidence",
    "Similarity",
    "Structure",
    "Context",
    "Competitor",
]
