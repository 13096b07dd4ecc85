"""The vocabulary: every query parameter of ours, in one table.

Parsing, error messages, templated links, the OpenAPI description and the
manual all follow from it.  A new parameter is a row here, a field of
:class:`hal_delivery.web.asking.Asked` and a step in the pipeline that reads it.

Names with a leading underscore are ours; all others belong to the content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import marshmallow as ma
from marshmallow.validate import Length, OneOf, Range, Regexp

from search_index.query import Operator

#: Larger numbers are refused before anyone counts with them.
LARGEST_NUMBER: Final = 2**31 - 1

#: In characters, over all parameters of a request.
LONGEST_QUERY: Final = 8192

#: In characters; a longer text is no question but an attack.
LONGEST_TEXT: Final = 512

#: In characters; where a link would have a longer cursor, it has an offset.
LONGEST_CURSOR: Final = 2048

#: How many names one list may hold.
LONGEST_LIST: Final = 64

#: How many ids one list may hold.
MOST_IDS: Final = 100

#: How many parameters a request may have.
MOST_PARAMETERS: Final = 64

#: How many of them may be filters: each one looks at every node.
MOST_FILTERS: Final = 32

#: What a filter can ask of a value.
OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)

_ID: Final = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
_NO_ID: Final = "expected a UUID: 8, 4, 4, 4 and 12 hexadecimal digits, joined by hyphens"


def beyond(most: int, unit: str, given: int | str) -> str:
    """What is said of too many.

    >>> beyond(64, "names", 70)
    'takes at most 64 names, and has 70'
    """
    return f"takes at most {most} {unit}, and has {given}"


class AtMost(Length):
    """A bound of characters, which says how many there are."""

    def __call__(self, value: Any) -> Any:
        assert self.max is not None
        if len(value) > self.max:
            raise ma.ValidationError(beyond(self.max, "characters", len(value)))
        return value


class Whole(ma.fields.Integer):
    """A whole number as digits; Python would take ``1_000`` and other scripts' digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not re.fullmatch(r"-?[0-9]+", value):
            raise ma.ValidationError("expected a whole number")
        # No number of so many digits is within bounds, and counting with it is slow.
        return int(value[:20])


class Names(ma.fields.List[str]):
    """Names, joined by commas; blanks around them and empty ones do not count."""

    def __init__(self, most: int = LONGEST_LIST, unit: str = "names") -> None:
        super().__init__(ma.fields.String(), metadata={"maxItems": most})
        self._most = most
        self._unit = unit

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> list[str | None]:
        parts = value.split(",")
        if len(parts) > self._most:
            raise ma.ValidationError(beyond(self._most, self._unit, len(parts)))
        return [name for part in parts if (name := part.strip())]


class Ids(Names):
    """UUIDs, joined by commas, in small letters."""

    def __init__(self) -> None:
        super().__init__(MOST_IDS, "ids")
        self.inner = _id()

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> list[str | None]:
        found = super()._deserialize(value, attr, data, **kwargs)
        if not all(id and re.fullmatch(_ID, id) for id in found):
            raise ma.ValidationError(_NO_ID)
        return [id and id.lower() for id in found]


class Texts(ma.fields.List[str]):
    """Texts, one for each time that the parameter is given: they may hold commas."""

    def __init__(self, longest: int) -> None:
        super().__init__(_text(longest), metadata={"maxItems": LONGEST_LIST})
        self._longest = longest

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> list[str | None]:
        texts = [value] if isinstance(value, str) else list(value)
        for text in texts:
            AtMost(max=self._longest)(text)
        return texts


@dataclass(frozen=True, slots=True, eq=False)
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
    def is_repeated(self) -> bool:
        """Whether several values are given by repeating it."""
        return isinstance(self.field, Texts)

    def read(self, values: Sequence[str]) -> Any:
        """What *values*, as they were given, say together; or a ``ValidationError``."""
        return self.field.deserialize(values if self.is_repeated else ",".join(values))

    @property
    def bounds(self) -> tuple[int, int] | None:
        """The least and the largest number that it can be, where it is one."""
        for validator in self.field.validators:
            if isinstance(validator, Range):
                return validator.min, validator.max
        return None

    @property
    def choices(self) -> tuple[str, ...]:
        """The values it can have, where they can be listed."""
        for validator in self.field.validators:
            if isinstance(validator, OneOf):
                return tuple(str(one) for one in validator.choices)
        return ()


def _text(longest: int) -> ma.fields.String:
    return ma.fields.String(validate=AtMost(max=longest))


def _id() -> ma.fields.String:
    wrong = "expected a UUID: 8, 4, 4, 4 and 12 hexadecimal digits, joined by hyphens"
    form = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
    return ma.fields.String(validate=[Regexp(form, error=wrong), Length(max=36, error=wrong)])


def _cursor() -> ma.fields.String:
    wrong = "expected what a link next says: letters, digits, hyphens and underscores"
    return ma.fields.String(
        validate=[Regexp("^[0-9A-Za-z_-]+$", error=wrong), AtMost(max=LONGEST_CURSOR)]
    )


def _whole(least: int, most: int = LARGEST_NUMBER) -> Whole:
    return Whole(validate=Range(min=least, max=most))


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
        "scopes",
        Texts(2048),
        "Only what lies below this folder, named by its id, by its path within the mount, "
        "or by its path in the repository with a leading slash. Several are joined by commas, or "
        "the parameter is repeated: below any of them; a leading '-' leaves out what lies below.",
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
    Parameter(
        "_ids",
        "ids",
        Ids(),
        "Only these nodes; without a sort in this order.",
        "c580ac64-3874-4717-a6d9-e5ad72080abe",
    ),
    Parameter(
        "_locale",
        "locale",
        _text(64),
        "Of translations only the one that suits this locale best. What it lacks is borrowed from "
        "the locale's parents and, at last, the mount's default, and is named in the answer.",
        "pt-BR",
    ),
    Parameter(
        "_fallback",
        "fallback",
        ma.fields.String(validate=OneOf(("chain", "none"), error="expected one of: {choices}")),
        "Whether a locale may borrow what it lacks, or nothing.",
        "none",
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
        "_total",
        "total",
        ma.fields.String(validate=OneOf(("exact", "none"), error="expected one of: {choices}")),
        "Whether to say how many items there are in all.",
        "none",
    ),
    Parameter(
        "_facets",
        "facets",
        Names(),
        "Names of fields, the values of which are counted over all that was found; a date may be "
        "counted by year, month or day.",
        "type,author,date(year)",
    ),
    Parameter(
        "_highlight",
        "highlight",
        Names(),
        "Names of text fields, or * for all, of which to show the parts that the text was found "
        "in: up to three of each, as HTML, what was found in <mark>.",
        "title,content",
    ),
    Parameter(
        "_embed",
        "embed",
        Names(),
        "References to embed what they lead to as well; in parentheses, those of what is embedded.",
        "authors(image),related",
    ),
    Parameter(
        "_depth",
        "depth",
        _whole(1, 32),
        "How many levels to show; beside _embed, how many of what is embedded.",
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
        _cursor(),
        "Only what comes behind this place in the order of the list: the link next says it. In a "
        "stream, which is in the order of ids, what comes behind this id.",
        "c580ac64-3874-4717-a6d9-e5ad72080abe",
    ),
)

#: No parameter of one name: all those that are named by fields.
FILTERS: Final = Parameter(
    "filters",
    "filters",
    ma.fields.Dict(
        keys=ma.fields.String(),
        values=_text(LONGEST_QUERY),
        metadata={"maxProperties": MOST_FILTERS},
    ),
    "Only what holds this value in the field of that name: location=Rotterdam. In brackets "
    f"another way to compare: date[gte]=2017; there are {', '.join(OPERATORS)}. Names are those "
    "that lists are sorted by; dots reach into compounds and through references. All filters hold.",
    "location=Rotterdam",
)

#: By wire name, in the order in which links carry them.
VOCABULARY: Final[Mapping[str, Parameter]] = {row.name: row for row in _ROWS}

(
    TEXT, SCOPE, REFERENCED, SORT, IDS, LOCALE, FALLBACK, OFFSET, LIMIT, TOTAL, FACETS, HIGHLIGHT,
    EMBED, DEPTH, FIELDS, HTML, DATES, AFTER,
) = _ROWS  # fmt: skip

PAGING: Final = (OFFSET, LIMIT)
SHAPE: Final = (FIELDS, HTML, DATES)
LOCALISED: Final = (LOCALE, FALLBACK, *SHAPE)
"""What tells one view of a document from another."""
ALONE: Final = (LOCALE, FALLBACK, EMBED, DEPTH, *SHAPE)
"""How one document can be asked for."""
LEVELS: Final = (DEPTH, *SHAPE)
"""How a tree can."""
FOLDER: Final = (SORT, *PAGING, *LEVELS)
"""How one folder can, with what is in it."""
LISTING: Final = (
    TEXT, SCOPE, REFERENCED, SORT, IDS, LOCALE, FALLBACK, *PAGING, TOTAL, FACETS,
    HIGHLIGHT, EMBED, DEPTH, *SHAPE,
)  # fmt: skip
"""What a list of documents takes that a template can offer."""
PLAIN_LISTING: Final = tuple(one for one in LISTING if one is not EMBED)
"""What any other list does: only documents have references to embed."""
UNOFFERED: Final = (AFTER, FILTERS)
"""What lists take besides: what only the link next can say, and what fields name."""
SUGGESTING: Final = (TEXT, SCOPE, LOCALE, FALLBACK, LIMIT)
"""What suggestions take."""
