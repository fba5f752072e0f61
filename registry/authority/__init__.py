"""Authority: who is right about a term, decided as a pure function of its inputs.

Concepts are joined to senses by agreed mappings (`senses`), the sense is chosen by context (`context`), inside it one
concept stands for all (`terms`), and every answer has a reproducible identity (`identity`). Grants and their comparison
belong beside these.
"""

from registry.authority.identity import ENGINE, decision_id
from registry.authority.senses import Sense, classes
from registry.authority.terms import decide_term

__all__ = ["ENGINE", "decision_id", "decide_term", "Sense", "classes"]
