"""Annotated text as others read it: W3C Web Annotation in JSON-LD, and HTML with marks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from html import escape

from registry.resolution.annotate import Mention

ANNOTATION_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
QUOTED_AROUND = 32
"""How many code points a quote selector gives before and after a mention."""


def web_annotations(text: str, mentions: Iterable[Mention], source: str) -> dict[str, object]:
    """The decided mentions of the document `source` (an IRI) as an Annotation Page of the Web Annotation Data Model.

    Each names its concept as the body, purpose identifying, and where it stands twice: by position in code points
    (§4.2.5) and by quotation (§4.2.4). Identities follow from the source and the mention, so that annotating again
    gives the same. Undecided mentions name nothing and are left out.
    """
    decided = [mention for mention in mentions if mention.chosen]
    return {
        "@context": ANNOTATION_CONTEXT,
        "id": _identity(source),
        "type": "AnnotationPage",
        "items": [_annotation(text, mention, source) for mention in decided],
    }


def marked_html(text: str, mentions: Iterable[Mention]) -> str:
    """The text as an HTML fragment, escaped, each mention in `<mark>` with its concept, or its candidates' number.

    Of overlapping mentions the first, and of those that begin together the longest, is marked.
    """
    parts, behind = [], 0
    for mention in sorted(mentions, key=lambda mention: (mention.start, -mention.end)):
        if mention.start >= behind:
            parts += [escape(text[behind : mention.start]), _mark(mention)]
            behind = mention.end
    return "".join([*parts, escape(text[behind:])])


def _annotation(text: str, mention: Mention, source: str) -> dict[str, object]:
    start, end = mention.start, mention.end
    return {
        "id": _identity(source, str(start), str(end), mention.concept or ""),
        "type": "Annotation",
        "motivation": "identifying",
        "body": {"type": "SpecificResource", "source": mention.concept, "purpose": "identifying"},
        "target": {
            "source": source,
            "selector": [
                {"type": "TextPositionSelector", "start": start, "end": end},
                {
                    "type": "TextQuoteSelector",
                    "exact": mention.text,
                    "prefix": text[max(0, start - QUOTED_AROUND) : start],
                    "suffix": text[end : end + QUOTED_AROUND],
                },
            ],
        },
    }


def _identity(*parts: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, " ".join(parts)).urn


def _mark(mention: Mention) -> str:
    if mention.chosen:
        attributes = f'data-concept="{escape(mention.chosen.concept)}" title="{escape(mention.chosen.text)}"'
    else:
        attributes = f'class="undecided" title="{escape(mention.reason)}"'
    return f"<mark {attributes}>{escape(mention.text)}</mark>"
