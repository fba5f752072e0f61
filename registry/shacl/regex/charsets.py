"""Sets of characters as fragments of Python's `re`: escapes (\\d, \\s, \\i, \\c, \\w), categories and blocks."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from registry.shacl.errors import ShapesError

_NAME_START = (
    r":A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME = _NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"

# Single escapes of XML Schema 1.1 part 2, appendix G.4.2; \w and \p are made on demand, as they need a scan.
_FIXED: Final = {"d": r"\d", "s": r" \t\n\r", "i": _NAME_START, "c": _NAME}

_CATEGORIES: Final = frozenset(
    {"L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe"}
    | {"Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn"}
)

# Blocks (Unicode Blocks.txt, names without blanks) that patterns over business data name; others are refused.
_BLOCKS: Final = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Syriac": (0x0700, 0x074F),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Tamil": (0x0B80, 0x0BFF),
    "Thai": (0x0E00, 0x0E7F),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "PrivateUse": (0xE000, 0xF8FF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
    "Emoticons": (0x1F600, 0x1F64F),
}


def escape_set(letter: str) -> str:
    """Return the fragment of a multi-character escape (d D s S i I c C w W); a capital letter is the complement."""
    kind = letter.lower()
    # \w is everything but punctuation, separators and others: so "_" is not a word character, unlike in Python.
    body, negated = (_category_body("PZC"), letter == "w") if kind == "w" else (_FIXED[kind], letter != kind)
    return f"[{'^' if negated else ''}{body}]"


def property_set(name: str, *, negated: bool) -> str:
    """Return the fragment of \\p{name} or \\P{name}: a Unicode category, or a block ("IsBasicLatin").

    Raises ShapesError for a name that is neither.
    """
    if name in _CATEGORIES:
        body = _category_body(name) if len(name) == 1 else _ranges_body(name)
    elif name.startswith("Is") and name[2:] in _BLOCKS:
        low, high = _BLOCKS[name[2:]]
        body = _span(low, high)
    else:
        raise ShapesError(
            f"sh:pattern names the character property {name!r}, which is not a category or block known here.",
            advice="Use a Unicode category such as Lu or Nd, or a range of characters.",
        )
    return f"[{'^' if negated else ''}{body}]"


def _category_body(letters: str) -> str:
    return "".join(_ranges_body(name) for name in sorted(_scan()) if name[0] in letters)


def _ranges_body(category: str) -> str:
    return "".join(_span(low, high) for low, high in _scan().get(category, ()))


def _span(low: int, high: int) -> str:
    return f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}"


@lru_cache(maxsize=1)
def _scan() -> dict[str, list[tuple[int, int]]]:
    """Return the ranges of every category, read once from Python's Unicode database (a fifth of a second)."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, unicodedata.category("\0")
    for code, category in _categories():
        if category != current:
            ranges.setdefault(current, []).append((start, code - 1))
            start, current = code, category
    ranges.setdefault(current, []).append((start, sys.maxunicode))
    return ranges


def _categories() -> Iterable[tuple[int, str]]:
    return enumerate(map(unicodedata.category, map(chr, range(sys.maxunicode + 1))))
