"""Records as they come: identified, with every reference an IRI or, failing that, a text.

What a JSON-LD processor would drop in silence (a label where an IRI is due, a relative identifier) is kept, so that the
shapes see it and can say what is wrong with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from registry.errors import InvalidInputError
from registry.services.sources import remote_contexts

if TYPE_CHECKING:
    from registry.shacl.context import FieldRule, RecordContext

_PLAIN = frozenset({type(None), bool, int, float})
_WHOLE_IRI = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`]+\Z")
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


def check_own_context(record: dict[str, Any], *, allowed: bool) -> None:
    """Nothing, when the record brings no context, or an inline one that is allowed; InvalidInputError otherwise."""
    for pointer in remote_contexts(record, ""):
        raise InvalidInputError(
            f"The record names a context elsewhere at {pointer}: contexts are never fetched.",
            advice="Leave it away: the source's registered context says what the fields mean.",
        )
    if not allowed and _brings_context(record):
        raise InvalidInputError(
            "The record brings a context of its own.",
            advice="Leave it away, as the source's context holds; or allow it with own_context (--own-context).",
        )


def identified(record: dict[str, Any], context: RecordContext, base: str) -> tuple[dict[str, Any], str]:
    """The record with an absolute IRI of its own, and that IRI.

    A relative identifier is resolved against the context's base, else `base`; a record without one gets an IRI made
    from its content, so that the same record has the same one whenever it is sent.
    """
    names = [name for name in ("@id", *_aliases(context, "@id")) if name in record]
    stated = [record[name] for name in names if record[name] not in (None, "")]
    if not stated:
        iri = f"{base}{hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:24]}"
        return {**{name: value for name, value in record.items() if name not in names}, "@id": iri}, iri
    text = stated[0]
    if len(names) > 1 or not isinstance(text, str):
        raise InvalidInputError(
            f"The record's identifier ({', '.join(names)}) is not one text.", advice="Give one IRI, or leave it away."
        )
    known = None if text.startswith("_:") else context.expand(text)
    iri = known or _resolved(text, context) or base + quote(text, safe="")
    return (record if known else {**record, names[0]: iri}), iri


def settled(record: dict[str, Any], context: RecordContext) -> dict[str, Any]:
    """The record with every reference written whole: resolved or, when that cannot be, turned into a text.

    The record itself when there is nothing to settle, which costs about a microsecond a field.
    """
    changed = {}
    rules = context.fields
    for name, value in record.items():
        if value.__class__ not in _PLAIN and (rule := rules.get(name)) is not None and not _is_settled(value, rule):
            new = _settled(value, name, context)
            if new is not value:
                changed[name] = new
    return {**record, **changed} if changed else record


def _is_settled(value: Any, rule: FieldRule) -> bool:
    """Whether a value is seen at a glance to need nothing: texts where no IRI is due, or whole IRIs."""
    if value.__class__ is str:
        return not rule.is_iri or _WHOLE_IRI.match(value) is not None
    if value.__class__ is list:
        return all(each.__class__ is str and (not rule.is_iri or _WHOLE_IRI.match(each)) for each in value)
    return False


def _settled(value: Any, name: str, context: RecordContext) -> Any:
    rule = context.fields.get(name)
    if rule is None or value is None:
        return value
    if isinstance(value, list):
        new = [_settled(each, name, context) for each in value]
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    if isinstance(value, str):
        # Written whole, a compact IRI passes the quick check of a record.
        return (context.expand(value) or _reference(value, context)) if rule.is_iri else value
    if isinstance(value, dict):
        key = next((k for k in ("@id", *_aliases(context, "@id")) if isinstance(value.get(k), str)), None)
        if key is not None and not value[key].startswith("_:") and context.expand(value[key]) is None:
            return _reference(value[key], context)
    return value


def _reference(text: str, context: RecordContext) -> Any:
    resolved = _resolved(text, context)
    return {"@value": text} if resolved is None else {"@id": resolved}


def _resolved(text: str, context: RecordContext) -> str | None:
    """The IRI that a relative reference stands for, when the context has a base; None otherwise."""
    base = context.json_ld.get("@base")
    if not isinstance(base, str) or not text:
        return None
    # JSON-LD would drop what cannot be an IRI: escaped, it is kept for the shapes to judge.
    return context.expand(urljoin(base, _FORBIDDEN.sub(lambda found: quote(found[0]), text)))


def _aliases(context: RecordContext, keyword: str) -> list[str]:
    return [alias for alias, key in context.aliases.items() if key == keyword]


def _brings_context(value: Any) -> bool:
    if isinstance(value, dict):
        return "@context" in value or any(_brings_context(each) for each in value.values())
    return isinstance(value, list) and any(_brings_context(each) for each in value)
