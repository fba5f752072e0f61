"""Which language tags are languages: well-formed by BCP 47, and a two-letter code that ISO 639-1 assigns."""

from __future__ import annotations

import re

# Section 2.1 of RFC 5646, without the grandfathered tags, which are all deprecated or start with i-.
_WELL_FORMED = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+|i-[a-z]+)\Z"
)
# ISO 639-1, and the withdrawn iw, in, ji, sh and mo, which older data still uses.
_TWO_LETTERS = frozenset(
    re.findall(
        "..",
        "aaabaeafakamanarasavayazbabebgbibmbnbobrbscacechcocrcscucvcydadedvdzeeeleneoeseteufafffifjfofrfygagdglgngugv"
        "hahehihohrhthuhyhziaidieigiiikioisitiujajvkakgkikjkkklkmknkokrkskukvkwkylalblglilnloltlulvmgmhmimkmlmnmrmsmt"
        "mynanbndnengnlnnnonrnvnyocojomorospapiplpsptqurmrnrorurwsascsdsesgsiskslsmsnsosqsrssstsusvswtatetgthtitktltn"
        "totrtstttwtyugukuruzvevivowawoxhyiyozazhzuiwinjishmo",
    )
)


def is_language(tag: str) -> bool:
    """Return whether a language tag, in any case, is well-formed and does not start with an unassigned code."""
    lower = tag.lower()
    primary = lower.partition("-")[0]
    return _WELL_FORMED.match(lower) is not None and (len(primary) != 2 or primary in _TWO_LETTERS)
