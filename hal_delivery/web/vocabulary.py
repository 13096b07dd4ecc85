"""The vocabulary: every query parameter of ours, in one table.

Parsing, error messages, templated links, the OpenAPI description and the
manual all follow from it.  A new parameter is a row here, a field of
:class:`hal_delivery.web.asking.Asked` and a step in the pipeline that reads it.

Names with a leading underscore are ours; all others belong to the content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range, Regexp

#: Larger numbers are refused before anyone counts with them.
LARGEST_NUMBER: Final = 2**31 - 1

#: In characters, over all parameters of a request.
LONGEST_QUERY: Final = 8192

#: In characters; a longer text is no question but an attack.
LONGEST_TEXT: Final = 512

#: How many names one list may hold.
LONGEST_LIST: Final = 64


class Whole(ma.fields.Integer):
    """A whole number as digits; Python would take ``1_000`` and other scripts' digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"-?[0-9]+", value):
            raise ma.ValidationError("expected a whole number")
        # No number of so many digits is within bounds, and counting with it is slow.
        return int(value[:20])


class Names(ma.fields.List[str]):
    """Names, joined by commas; blanks around them and empty ones do not count."""

    def __init__(self) -> None:
        super().__init__(ma.fields.String(), metadata={"maxItems": LONGEST_LIST})

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> list[str | None]:
        parts = value.split(",")
        if len(parts) > LONGEST_LIST:
            raise ma.ValidationError(f"expected at most {LONGEST_LIST} names")
        return [name for part in parts if (name := part.strip())]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: how it is read, and how it is explained.

    ``field`` reads and bounds the value and describes it in OpenAPI.
    """

    name: str
    attribute: str
    field: ma.fields.Field[Any]
    description: str
    example: str

    @property
    def is_list(self) -> bool:
        return isinstance(self.field, Names)

    @property
    def choices(self) -> tuple[str, ...]:
        """The values it can have, where they can be listed."""
        for validator in self.field.validators:
            if isinstance(validator, OneOf):
                return tuple(str(one) for one in validator.choices)
        return ()


def _text(longest: int) -> ma.fields.String:
    too_long = f"expected at most {longest} characters"
    return ma.fields.String(validate=ma.validate.Length(max=longest, error=too_long))


def _id() -> ma.fields.String:
    wrong = "expected a UUID: 8, 4, 4, 4 and 12 hexadecimal digits, joined by hyphens"
    form = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
    return ma.fields.String(validate=[Regexp(form, error=wrong), Length(max=36, error=wrong)])


def _whole(least: int) -> Whole:
    bounds = f"expected a whole number from {least} to {LARGEST_NUMBER}"
    return Whole(validate=Range(min=least, max=LARGEST_NUMBER, error=bounds))


_ROWS: Final = (
    Parameter(
        "_q",
        "text",
        _text(LONGEST_TEXT),
        "Full text: nodes that hold all these words, best first.",
        "medusa",
    ),
    Parameter(
        "_scope",
        "scope",
        _text(2048),
        "Only what lies below this folder, named by its id, by its path within the mount, "
        "or by its path in the repository with a leading slash.",
        "news/2017",
    ),
    Parameter(
        "_references",
        "references",
        _text(2048),
        "Only documents that point at this node, by a field or by a link in their texts; named "
        "as a scope is.",
        "news/2017/medusa",
    ),
    Parameter(
        "_sort",
        "sort",
        Names(),
        "The order: names of fields, the first one counting most; a leading '-' turns it "
        "round. What lacks the field comes last either way.",
        "title,-date",
    ),
    Parameter("_offset", "offset", _whole(0), "How many items to pass over.", "10"),
    Parameter(
        "_limit",
        "limit",
        _whole(1),
        "How many items to give at most. The mount has a maximum of its own.",
        "10",
    ),
    Parameter(
        "_depth",
        "depth",
        Whole(validate=Range(min=1, max=32, error="expected a whole number from 1 to 32")),
        "How many levels to show.",
        "2",
    ),
    Parameter(
        "_fields",
        "fields",
        Names(),
        "The fields to show. A leading '-' leaves a field out instead; dots reach into compounds.",
        "title,introduction",
    ),
    Parameter(
        "_html",
        "html",
        ma.fields.String(validate=OneOf(("stored", "site"), error="expected one of: {choices}")),
        "How rich text is given: as it was written, or as the site shows it, with the site's "
        "own addresses in its links, and images with theirs and their size.",
        "site",
    ),
    Parameter(
        "_dates",
        "dates",
        ma.fields.String(validate=OneOf(("millis", "iso"), error="expected one of: {choices}")),
        "How dates are written: epoch milliseconds, or RFC 3339.",
        "iso",
    ),
    Parameter(
        "_after",
        "after",
        _id(),
        "Only what comes behind this id, in the order of ids: where a stream goes on.",
        "c580ac64-3874-4717-a6d9-e5ad72080abe",
    ),
)

#: By wire name, in the order in which links carry them.
VOCABULARY: Final[Mapping[str, Parameter]] = {row.name: row for row in _ROWS}

TEXT, SCOPE, REFERENCED, SORT, OFFSET, LIMIT, DEPTH, FIELDS, HTML, DATES, AFTER = _ROWS

#: What tells the list of one kind from the other.
PAGING: Final = (OFFSET, LIMIT)
SHAPE: Final = (FIELDS, HTML, DATES)
LISTING: Final = (TEXT, SCOPE, REFERENCED, SORT, *PAGING, DEPTH, *SHAPE)
"""What every list takes."""
STREAMED: Final = (*LISTING, AFTER)
"""The same, and what its stream takes besides."""
