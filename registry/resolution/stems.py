"""Keys under which labels meet whatever the order of their words and whether they are singular or plural.

One light rule per language, for regular plurals only. A rule leaves a word alone where taking its ending off would
join two words (plan and plane, Messe and Messer): what meets here counts as the same label, so a plural missed costs
less than a word mistaken. Words come folded: lower case, no accents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

Stem = Callable[[str], str]

_ENGLISH_IRREGULAR: Mapping[str, str] = {
    "appendices": "appendix",
    "children": "child",
    "crises": "crisis",
    "criteria": "criterion",
    "feet": "foot",
    "indices": "index",
    "matrices": "matrix",
    "men": "man",
    "phenomena": "phenomenon",
    "series": "series",
    "species": "species",
    "teeth": "tooth",
    "women": "woman",
}
_FRENCH_INVARIABLE = frozenset(
    {"acces", "avis", "bras", "corps", "cours", "dos", "fonds", "fois", "mois", "pays"}
    | {"proces", "progres", "repas", "sens", "succes", "temps"}
)
_ENGLISH_ES = re.compile(r"(?:ss|x|ch|sh|zz|(?<![ao])us)es$|(?<=...)oes$")
_ENGLISH_SIS = re.compile(r"(?:yses|theses)$")
_SPANISH_ES = re.compile(r"[aeiou][lnrdj]es$")


def _english(word: str) -> str:
    if len(word) < 4 or word[-1] != "s" or word[-2] in "siu":
        return _ENGLISH_IRREGULAR.get(word, word)
    if word in _ENGLISH_IRREGULAR:
        return _ENGLISH_IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if _ENGLISH_SIS.search(word):
        return word[:-2] + "is"
    return word[:-2] if _ENGLISH_ES.search(word) else word[:-1]


def _german(word: str) -> str:
    if word.endswith("innen") and len(word) > 7:
        return word[:-3]
    if word.endswith("en") and len(word) > 5:
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 6 else word


def _french(word: str) -> str:
    if len(word) < 4 or word in _FRENCH_INVARIABLE:
        return word
    if word.endswith(("eaux", "eux")):
        return word[:-1]
    if word.endswith("aux"):
        return word[:-2] + "l"
    return word[:-1] if word[-1] == "s" and word[-2] not in "si" else word


def _spanish(word: str) -> str:
    if len(word) < 5 or word[-1] != "s" or word[-2] in "iu":
        return word
    if word.endswith("ces"):
        return word[:-3] + "z"
    return word[:-2] if _SPANISH_ES.search(word) else word[:-1]


def _portuguese(word: str) -> str:
    if len(word) < 5 or word[-1] != "s" or word[-2] == "u":
        return word
    if word.endswith("oes"):
        return word[:-3] + "ao"
    return word[:-2] + "l" if word.endswith("ais") else word[:-1]


def _unchanged(word: str) -> str:
    return word


STEMS: Mapping[str, Stem] = {
    "de": _german,
    "en": _english,
    "es": _spanish,
    "fr": _french,
    "pt": _portuguese,
}
"""The rule of each language that has one, by primary subtag."""


FAMILIES = ("", *STEMS)
"""What labels are keyed under: "" is the family of languages without a rule."""


@lru_cache(maxsize=1024)
def family(language: str) -> str:
    """The language whose rule a label follows: "" when there is none; English when the label states no language."""
    primary = language.partition("-")[0] or "en"
    return primary if primary in STEMS else ""


def token_key(key: str, of: str) -> str:
    """The words of a folded label, each by the rule of the family `of`, sorted."""
    stem = STEMS.get(of, _unchanged)
    return " ".join(sorted(map(stem, key.split()))) if " " in key else stem(key)


def token_keys(key: str) -> list[str]:
    """The token key of a folded label under every family's rule, in the order of FAMILIES; cheap for words seen before.

    Most words are the same under most rules: what is spelt alike is sorted once.
    """
    if " " not in key:
        return list(_stems(key))
    columns = list(zip(*map(_stems, key.split()), strict=True))
    spelt = {stems: " ".join(sorted(stems)) for stems in set(columns)}
    return [spelt[stems] for stems in columns]


@lru_cache(maxsize=32768)
def _stems(word: str) -> tuple[str, ...]:
    return tuple(STEMS.get(of, _unchanged)(word) for of in FAMILIES)
