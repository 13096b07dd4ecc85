"""Bytes in part: conditional and range requests for a file (RFC 9110 §13.2.2, §14).

One range is answered by itself.  What is malformed, in another unit, or more
than one range at once is passed over and the whole is sent, as the RFC allows.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Request, Response

from hal_delivery.web.caching import is_current

_RANGE: Final = re.compile(
    r"bytes=\s*(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|-(?P<count>[0-9]{1,18}))\s*", re.I
)

#: What the framework would judge once more, and otherwise.
_JUDGED: Final = (
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE",
)  # fmt: skip


def make_conditional(response: Response, request: Request, *, modified: int, size: int) -> None:
    """Turn *response*, which has all *size* bytes and its ETag, into what was asked for.

    Nothing, where the client has it already; or a part.  A part beyond the end
    is the framework's ``RequestedRangeNotSatisfiable``.
    """
    response.content_length = size
    response.accept_ranges = "bytes"
    if is_current(request.environ, response.headers["ETag"], modified):
        response.status_code = 304
        return
    environ = {name: value for name, value in request.environ.items() if name not in _JUDGED}
    environ.pop("HTTP_RANGE", None)
    # If-Range compares strongly (RFC 9110 §13.1.5): a weak tag matches nothing.
    is_weak = environ.get("HTTP_IF_RANGE", "").lstrip().startswith("W/")
    if request.method == "GET" and not is_weak:
        environ.update(_one_range(request.environ.get("HTTP_RANGE", ""), size))
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=size)
    except OverflowError:
        # If-Range with a year that no calendar shows: not ours, so the whole is sent.
        return


def _one_range(said: str, size: int) -> dict[str, str]:
    """The one range that *said* asks for, as a header that the framework understands."""
    found = _RANGE.fullmatch(said)
    if found is None:
        return {}
    first, last = found["first"], found["last"]
    if first is None:
        # The last so many bytes of fewer are all of them.
        return {"HTTP_RANGE": f"bytes=-{min(int(found['count']), size)}"}
    if last and int(first) > int(last):
        return {}
    return {"HTTP_RANGE": f"bytes={first}-{last}"}
