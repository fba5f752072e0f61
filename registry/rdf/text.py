"""The one key under which two labels count as the same, used by the label index, resolution and matching alike."""

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and an accent.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŀ": "l"}
)
# Accents of Latin, Greek and Cyrillic, and the optional vowel points of Hebrew and Arabic. Marks that make another
# letter (Devanagari vowels, kana voicing) are not accents and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_ASCII_BLANKS = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
_LETTERS_DIGITS_MARKS = frozenset({"L", "N", "M"})


def fold_label(text: str) -> str:
    """Return the key of a label: NFKC, case and accents folded, punctuation to blanks, blanks collapsed.

    Never empty for a label that is not blank: one of punctuation alone keeps its case-folded text, so that "+" and
    "-" stay two labels. Idempotent. Costs about a microsecond for ASCII text.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_BLANKS).split()) or " ".join(text.lower().split())
    return _fold_unicode(text)


def strip_accents(text: str) -> str:
    """Return the text with accented letters replaced by their base letters, every other letter kept."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", bare).translate(_UNDECOMPOSED)


def _fold_unicode(text: str) -> str:
    # Folding case can compose and decompose again (İ, ŉ): fold until nothing moves, so that the key is idempotent.
    folded = strip_accents(unicodedata.normalize("NFKC", text).casefold())
    while (again := strip_accents(folded.casefold())) != folded:
        folded = again
    key = " ".join("".join(map(_blank_unless_letter, folded)).split())
    return key or " ".join(folded.split()) or " ".join(text.casefold().split())


def _blank_unless_letter(character: str) -> str:
    if character.isalnum() or unicodedata.category(character)[0] in _LETTERS_DIGITS_MARKS:
        return character
    return " "
