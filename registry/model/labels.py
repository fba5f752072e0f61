"""Which of several labels suits a reader: the language rules behind every choice of a label to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import Literal


def best_label(labels: Iterable[Literal], languages: Sequence[str]) -> Literal | None:
    """Return the label that suits these languages best; ties go to the first text in order, none is None.

    A wanted `en` accepts `en-gb` and a wanted `en-gb` accepts `en` (RFC 4647 lookup). Blank labels are passed over.
    """
    usable = [label for label in labels if label.value.strip()]
    if len(usable) < 2:
        return usable[0] if usable else None
    wanted = [language.lower() for language in languages]
    return min(usable, key=lambda label: (*_distance(label.language or "", wanted), label.value))


def _distance(tag: str, wanted: Sequence[str]) -> tuple[int, int, str]:
    """Rank a language tag: its place among the wanted ones, how exactly it fits, then English, then by name."""
    for place, language in enumerate(wanted):
        if tag == language:
            return place, 0, tag
        if tag and (tag.startswith(language + "-") or language.startswith(tag + "-")):
            return place, 1, tag
    return len(wanted), 0 if tag == "en" or tag.startswith("en-") else 1, tag
