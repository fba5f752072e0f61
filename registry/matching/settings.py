"""The few choices a caller has about matching, with the constants that were measured as defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from registry.errors import InvalidInputError

Cardinality = Literal["one-to-one", "many-to-one"]

AUTO_THRESHOLD = 0.775
"""The one threshold `auto` stands for, on every pair of vocabularies."""


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """How `suggest` works: what is not switched off is used.

    `floor` is the confidence below which nothing is offered, `candidates_per_label` how many labels of the object
    vocabulary are compared with each label of the subject's, `rounds` how often structure and token rules are learnt
    anew from the best pairs so far.
    """

    floor: float = 0.30
    candidates_per_label: int = 20
    rounds: int = 2
    use_rules: bool = True
    use_structure: bool = True
    use_context: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.floor <= 1.0:
            raise InvalidInputError(f"The floor {self.floor} is no confidence.", advice="Choose one from 0 to 1.")
        if self.candidates_per_label < 1 or self.rounds < 0:
            raise InvalidInputError(
                "Matching needs at least one candidate per label and no negative number of rounds.",
                advice="Leave candidates_per_label at 20 and rounds at 2.",
            )


DEFAULTS = MatchSettings()
"""What `suggest` uses when it is told nothing."""
