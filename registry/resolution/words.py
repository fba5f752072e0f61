"""A text as folded words that know where they stand in the original.

The words are those of `fold_label`, found piece by piece so that each keeps its place: a piece is a character with the
marks on it, and folding never looks further. Places are code points. Two things are added for running text. Scripts
written without blanks (Han, Hiragana, Thai, Lao, Khmer, Burmese) give a word per piece, and Katakana ends where
another script begins, so that a phrase is found inside a line of them; a blank beside them changes nothing. The end of
a sentence, a clause or a paragraph is a word of its own, BREAK, so that no phrase is found across it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from registry.rdf.text import fold_label

BREAK = "\n"
CONTINUOUS = (
    "["
    "\u0e01-\u0e2e\u0e30\u0e32\u0e33\u0e40-\u0e46"  # Thai
    "\u0e81-\u0eae\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6"  # Lao
    "\u1000-\u102a"  # Burmese
    "\u1780-\u17b3"  # Khmer
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f"  # iteration marks and Hiragana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "]"
)
"""A letter of a script that is written without blanks, as a pattern."""
_IS_CONTINUOUS = re.compile(CONTINUOUS)
_IS_KATAKANA = re.compile("[\u30a0-\u30ff\u31f0-\u31ff]")
_BREAKS = r"[.!?;:](?=\s)|\n\s*\n"
_ASCII_WORDS = re.compile(rf"([0-9a-z]+|{_BREAKS})")
_CHUNKS = re.compile(rf"([0-9A-Za-z\x80-\U0010ffff]+|{_BREAKS})")
_FULL_STOPS = frozenset("。．！？；：")
_JAMO = re.compile("[\u1160-\u11ff]")
_CACHED_LENGTH = 40

Word = tuple[str, int, int]
"""A folded word, and where its original begins and ends in a chunk (code points, half-open)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as its words, with a blank before, between and after them in `joined`.

    Word k stands at `starts[k]` of `joined`, which has one more: where a next word would begin. Its original is what
    stands from `begins[k]` to `ends[k]`, half-open.
    """

    joined: str
    starts: list[int]
    begins: list[int]
    ends: list[int]


def words_of(text: str) -> Words:
    """The folded words of a text with their places; BREAK where a sentence, a clause or a paragraph ends."""
    words, begins, ends = _split(text)
    starts = list(accumulate([len(word) + 1 for word in words], initial=1))
    return Words(f" {' '.join(words)} ", starts, begins, ends)


def phrases_of(text: str) -> tuple[str, ...]:
    """The word sequences that a label's text is met by: without breaks, and as written when it has some inside.

    None for a label without letters and digits.
    """
    words = _split(text)[0]
    while words and words[-1] == BREAK:
        words.pop()
    while words and words[0] == BREAK:
        del words[0]
    plain = " ".join([word for word in words if word != BREAK])
    written = " ".join(words)
    return tuple(dict.fromkeys(filter(None, (plain, written))))


def _split(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words of a text, where the original of each begins, and where it ends."""
    ascii_only = text.isascii()
    pieces = _ASCII_WORDS.split(text.lower()) if ascii_only else _CHUNKS.split(text)
    edges = list(accumulate(map(len, pieces)))
    chunks, begins, ends = pieces[1::2], edges[:-1:2], edges[1::2]
    if ascii_only:
        return [chunk if chunk.isalnum() else BREAK for chunk in chunks], begins, ends
    return _split_chunks(chunks, begins, ends)


def _split_chunks(chunks: list[str], begins: list[int], ends: list[int]) -> tuple[list[str], list[int], list[int]]:
    words, word_begins, word_ends = list[str](), list[int](), list[int]()
    for chunk, begin, end in zip(chunks, begins, ends, strict=True):
        if chunk.isascii():
            words.append(chunk.lower() if chunk.isalnum() else BREAK)
            word_begins.append(begin)
            word_ends.append(end)
        else:
            for word, first, last in _cached_chunk(chunk) if len(chunk) <= _CACHED_LENGTH else _chunk_words(chunk):
                words.append(word)
                word_begins.append(begin + first)
                word_ends.append(begin + last)
    return words, word_begins, word_ends


@lru_cache(maxsize=16384)
def _cached_chunk(chunk: str) -> tuple[Word, ...]:
    return tuple(_chunk_words(chunk))


def _chunk_words(chunk: str) -> Iterator[Word]:
    """The words of a run of characters without ASCII blanks and punctuation."""
    word, script, start, end = "", "", 0, 0
    for piece, begins, ends in _pieces(chunk):
        for character in BREAK if piece in _FULL_STOPS else _folded(piece):
            now = _script(character) or (script if word else "letters")
            if word and (now != script or (now == "continuous" and not _is_mark(character))):
                yield word, start, end
                word = ""
            if character == BREAK:
                yield BREAK, begins, ends
            elif character != " ":
                start = start if word else begins
                word, end = word + character, ends
            script = now
    if word:
        yield word, start, end


def _pieces(chunk: str) -> Iterator[Word]:
    """The chunk cut before every character that does not combine with the one before."""
    start = 0
    for at in range(1, len(chunk)):
        if not _combines(chunk[at]):
            yield chunk[start:at], start, at
            start = at
    yield chunk[start:], start, len(chunk)


@lru_cache(maxsize=16384)
def _folded(piece: str) -> str:
    """The piece as folding leaves it between letters, " " where it parts words."""
    return piece.lower() if piece.isascii() else fold_label(f"a{piece}a")[1:-1]


@lru_cache(maxsize=16384)
def _combines(character: str) -> bool:
    return not character.isascii() and (
        _is_mark(unicodedata.normalize("NFKD", character)[0]) or bool(_JAMO.match(character))
    )


@lru_cache(maxsize=16384)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


@lru_cache(maxsize=16384)
def _script(character: str) -> str:
    """Which kind of run the character belongs to; "" for a mark, which stays with what it stands on."""
    if character in {" ", BREAK}:
        return "blank"
    if _is_mark(character):
        return ""
    if _IS_CONTINUOUS.match(character):
        return "continuous"
    return "katakana" if _IS_KATAKANA.match(character) else "letters"
