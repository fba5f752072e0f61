"""One record of a source against its profile."""

from __future__ import annotations

from registry.contract.validation import Report, ValidateRecord
from registry.errors import InvalidInputError, TooLargeError
from registry.services.checking import checker_of, is_json, read_graph
from registry.store.work import Work


def validate(work: Work, request: ValidateRecord) -> Report:
    """The report on the record in the request's document.

    InvalidInputError for what is no record, TooLargeError for one above the limit of a body; a record that does not
    conform is an answer, not an error.
    """
    if work.document is None:
        raise InvalidInputError("There is no record in the request.", advice="Send it as the body.")
    limit = work.settings.max_body
    text = work.document.read(limit + 1)
    if len(text) > limit:
        raise TooLargeError(f"The record is larger than {limit} bytes.", advice="Send records one by one.", limit=limit)
    checker = checker_of(work, request.source, own_context=request.own_context)
    if is_json(request.media_type, text):
        found = checker.check_and_fix(text) if request.fix else checker.check_json(text)
    else:
        found = checker.check_graph(read_graph(text, request.media_type))
    return Report.model_validate({**checker.head(), **found})
