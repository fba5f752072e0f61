"""Authority: who is right about a term or a value, decided as a pure function of its inputs.

Concepts are joined to senses by agreed mappings (`senses`), the sense is chosen by context (`context`), inside it one
concept stands for all (`terms`). Grants (`grants`) apply within scopes (`scopes`), pass on by delegation
(`delegation`) and are compared (`compare`) between those who mean to define one thing (`weighing`). Competing claims of
content sources are decided beside them (`values`). Every answer has a reproducible identity (`identity`, `answers`).
"""

from registry.authority.answers import RULES, Versions, answer_id, asked_term, asked_value
from registry.authority.claims import (
    Claim,
    Override,
    ValueDecision,
    ValueOutcome,
    ValuePolicy,
    ValueQuestion,
)
from registry.authority.compare import Policy
from registry.authority.explanation import Explanation
from registry.authority.grants import Grant, Register, Tier, Trust, register_of
from registry.authority.identity import ENGINE, decision_id
from registry.authority.scopes import DIMENSIONS, Hierarchy, Scope
from registry.authority.senses import Sense, classes
from registry.authority.terms import decide_term
from registry.authority.values import blocked, decide_group, decide_value
from registry.authority.weighing import Authority, weigh_term

__all__ = [
    "DIMENSIONS",
    "ENGINE",
    "RULES",
    "Authority",
    "Claim",
    "Explanation",
    "Grant",
    "Hierarchy",
    "Override",
    "Policy",
    "Register",
    "Scope",
    "Sense",
    "Tier",
    "Trust",
    "ValueDecision",
    "ValueOutcome",
    "ValuePolicy",
    "ValueQuestion",
    "Versions",
    "answer_id",
    "asked_term",
    "asked_value",
    "blocked",
    "classes",
    "decide_group",
    "decide_term",
    "decide_value",
    "decision_id",
    "register_of",
    "weigh_term",
]
