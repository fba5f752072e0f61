"""Labels made comparable: the shared key with compounds split, and the deeper bag of stems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from registry.rdf.text import fold_label

if TYPE_CHECKING:
    from collections.abc import Callable

_CAMEL_BOUNDARY = re.compile(r"(?<=[a-zà-öø-ÿ0-9])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"(?<=\w)['’`´]s\b", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|eme|te|ter|tes)")
_AGENT = re.compile(r"(?:er|or)s?$")
_ACTIVITY = re.compile(r"ings?$")
_OUR = re.compile(r"(?<=[a-z]{2})our(?=s?$|ed$|ing$|al$|able$|ful$|ist$|ite$)")
_OE = re.compile(
    r"^oe(?=[a-z]{3})|(?<=^f)oe(?=t)|(?<=^c)oe(?=l)|(?<=am)oe(?=b)|(?<=hom)oe(?=o)|(?<=man)oe(?=u)|(?<=rrh)oe"
)
_ISE = re.compile(r"(?<=[a-z]{3})is(?=e$|es$|ed$|er$|ers$|ing$|ation$|ations$)")

_STEMMERS: Mapping[str, str] = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""The Snowball algorithm of each language that has one."""

STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "a an and are as at be by for from in is its nec of on or the to with",
        "de": "am an auf bei das dem den der des die ein eine einer fur im in mit und oder von zu zum zur",
        "es": "a al con de del e el en la las lo los o para por un una unas unos y",
        "fr": "a au aux d dans de des du en et l la le les ou par pour sur un une",
        "it": "a al con d da dei del della delle di e gli i il in l la le lo o per un una",
        "nl": "aan de door een en het in met of op te van voor",
        "pt": "a ao as com da das de do dos e em na no o os ou para por um uma",
    }.items()
}
"""Words, already folded, that carry no meaning of their own in a label."""

_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_NUMBER_WORDS: Mapping[str, str] = {
    word: str(value)
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    )
    for value, word in enumerate(words.split())
}


def normalise(text: str, language: str = "") -> str:
    """Return the key under which labels of one language count as equal.

    It is `fold_label` after splitting camelCase (only in text without blanks, where capitals stand for them) and
    dropping the English possessive 's. Empty only for a blank label.
    """
    if language in ("", "en") or language.startswith("en-"):
        text = _POSSESSIVE.sub("", text)
    if " " not in text and not text.islower() and not text.isupper():
        text = _CAMEL_BOUNDARY.sub(" ", text)
    return fold_label(text)


def stem_bag(text: str, language: str = "") -> tuple[str, ...]:
    """Return the sorted stems of a label: stop words dropped, numbers in digits, spelling variants united.

    The language is a primary subtag; without one, or in one without a stemmer, English rules or bare words are used.
    A label of stop words alone keeps them. Needs the extra `matching`.
    """
    return tuple(sorted(stems(normalise(text, language), language)))


def stems(key: str, language: str) -> list[str]:
    """Return the stems of a normalised label in their order; see `stem_bag`."""
    words = key.split()
    stop = STOP_WORDS.get(language or "en", frozenset())
    return [_stem(word, language or "en") for word in words if word not in stop] or words


@lru_cache(maxsize=200_000)
def _stem(word: str, language: str) -> str:
    if not word.isalpha():
        ordinal = _ORDINAL.fullmatch(word)
        return ordinal.group(1) if ordinal else word.lstrip("0") or word
    if word in _ROMAN:
        return _ROMAN[word]
    if language == "en":
        if word in _NUMBER_WORDS:
            return _NUMBER_WORDS[word]
        word = _unite_spelling(word)
    algorithm = _STEMMERS.get(language)
    stem = _stemmer(algorithm)(word) if algorithm else word
    return stem + _derivation(word, stem) if language == "en" else stem


def _derivation(word: str, stem: str) -> str:
    """Return a mark for who does it ("-er") or that it is done ("-ing"), where the English stemmer drops that.

    A presenter is no presentation, a customer no custom, accounting no account: to a stemmer they are all one.
    """
    if _AGENT.search(word) and not stem.endswith("r"):
        return "-er"
    return "-ing" if _ACTIVITY.search(word) and not stem.endswith("ing") else ""


def _unite_spelling(word: str) -> str:
    """Return the American spelling of a British one: colour, organise, anaemia, oestrogen."""
    word = _OE.sub("e", word).replace("ae", "e")
    return _ISE.sub("iz", _OUR.sub("or", word))


@lru_cache(maxsize=32)
def _stemmer(algorithm: str) -> Callable[[str], str]:
    import snowballstemmer

    stem: Callable[[str], str] = snowballstemmer.stemmer(algorithm).stemWord
    return stem
