"""Annotated text as Web Annotation and as HTML."""

from __future__ import annotations

import html
import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.resolution.annotate import Annotating, annotate
from registry.resolution.index import LabelIndex
from registry.resolution.labels import PREF, LabelEntry
from registry.resolution.markup import marked_html, web_annotations

INDEX = LabelIndex.build(
    [
        LabelEntry("urn:a", "finance", PREF, "en", "cash flow"),
        LabelEntry("urn:b", "finance", PREF, "en", "flow"),
        LabelEntry('urn:"q"', "finance", PREF, "en", "a <b> c"),
        LabelEntry("urn:d", "finance", PREF, "en", "account"),
        LabelEntry("urn:e", "it", PREF, "en", "account"),
    ]
)
TEXT = "👍 Cash flow & a <b> c of the account"


def test_positions_are_code_points_and_quotations_agree() -> None:
    page = json.loads(json.dumps(web_annotations(TEXT, annotate(TEXT, INDEX), "urn:document")))
    assert (page["@context"], page["type"]) == ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage")
    assert [one["body"]["source"] for one in page["items"]] == ["urn:a", 'urn:"q"']
    for one in page["items"]:
        position, quotation = one["target"]["selector"]
        assert TEXT[position["start"] : position["end"]] == quotation["exact"]
        assert quotation["prefix"] + quotation["exact"] + quotation["suffix"] in TEXT
        assert one["target"]["source"] == "urn:document"
    identities = [one["id"] for one in page["items"]]
    assert len({*identities, page["id"]}) == 3
    assert page == web_annotations(TEXT, annotate(TEXT, INDEX), "urn:document")


def test_html_is_escaped_and_marks_what_is_decided_and_what_is_not() -> None:
    assert marked_html(TEXT, annotate(TEXT, INDEX)) == (
        '👍 <mark data-concept="urn:a" title="cash flow">Cash flow</mark> &amp; '
        '<mark data-concept="urn:&quot;q&quot;" title="a &lt;b&gt; c">a &lt;b&gt; c</mark> of the '
        '<mark class="undecided" title="one of 2 concepts">account</mark>'
    )


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["cash ", "flow ", "account", "<", "&", '"', "ß", "a ", "b ", "c "])).map("".join),
    st.booleans(),
)
def test_without_its_marks_the_html_is_the_text(text: str, overlaps: bool) -> None:
    marked = marked_html(text, annotate(text, INDEX, Annotating(overlaps=overlaps)))
    assert html.unescape(re.sub(r"</?mark[^>]*>", "", marked)) == text
    assert marked.count("<mark") == marked.count("</mark>")
