"""Sanitising: what of HTML may stay, whoever wrote it.

Elements and attributes that show content stay; scripts, styles, forms, frames,
event handlers, comments and URLs that run something go.  Relative URLs stay as
they are written, and no attribute is added but those that make a check box of
a task.
"""

from __future__ import annotations

import functools
from typing import Final

import nh3

from hal_delivery.exchange.formats.nesting import DEEPEST_TAGS, bounded, names

_HEADINGS: Final = frozenset(f"h{level}" for level in range(1, 7))

#: The elements that stay.
TAGS: Final = _HEADINGS | names(
    "a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite "
    "code col colgroup data dd del details dfn div dl dt em figcaption figure font footer header "
    "hgroup hr i img input ins kbd label li main mark menu nav ol p picture pre q rp rt ruby s "
    "samp section small source span strike strong sub summary sup table tbody td tfoot th thead "
    "time tr track tt u ul var video wbr"
)

#: The elements that go with all that is in them.
GONE: Final = names("iframe noembed noframes script style template title")

_EVERYWHERE: Final = names("class dir id lang title role translate")
_SIZE: Final = frozenset({"width", "height"})
_MEDIA: Final = _SIZE | {"src", "controls", "loop", "muted", "preload"}

_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {*_EVERYWHERE},
    **{name: {"align"} for name in (*_HEADINGS, "p", "div", "caption", "hr", "tr")},
    **{name: {"align", "valign", "span"} for name in ("col", "colgroup", "tbody", "thead")},
    **{
        name: {"align", "valign", "colspan", "rowspan", "headers", "scope", "abbr"}
        for name in ("td", "th")
    },
    "a": {"href", "hreflang", "name", "rel", "target", "type"},
    "audio": {*_MEDIA},
    "bdo": {"dir"},
    "blockquote": {"cite"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open", "name"},
    "img": {*_SIZE, "align", "alt", "decoding", "loading", "sizes", "src", "srcset"},
    "input": {"checked", "disabled", "type"},
    "ins": {"cite", "datetime"},
    "label": {"for"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {*_SIZE, "media", "sizes", "src", "srcset", "type"},
    "table": {"align", "summary"},
    "time": {"datetime"},
    "track": {"default", "kind", "label", "src", "srclang"},
    "video": {*_MEDIA, *_SIZE, "playsinline", "poster"},
}

_SCHEMES: Final = frozenset({"ftp", "http", "https", "mailto", "sms", "tel", "xmpp"})


def cleaned(html: str, *, is_balanced: bool = False) -> tuple[str, tuple[str, ...]]:
    """*html* as anybody's browser may show it, and what had to be left out for its depth.

    Where it *is_balanced*, each tag in it has its end tag at the right place: no more
    than these can lie in one another.

    >>> cleaned('<p onclick="go()"><a href="javascript:go()">Go</a>')
    ('<p><a>Go</a></p>', ())
    """
    if is_balanced and html.count("</") <= DEEPEST_TAGS:
        return _cleaner().clean(html), ()
    html, left_out = bounded(html)
    notes = (f"{left_out} tags lie deeper than {DEEPEST_TAGS}: left out, their text is kept",)
    return _cleaner().clean(html), notes if left_out else ()


@functools.cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=GONE,
        attributes=_ATTRIBUTES,
        link_rel=None,
        # Only check boxes that nobody can check are left of all that one can fill in.
        set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
        url_schemes=_SCHEMES,
        url_relative="pass_through",
    )
