"""Links and images inside rich text."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote, unquote

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content_repo.richtext import LONGEST_TEXT, Written, rewritten, written

#: Pieces of HTML, whole and broken, of which any text may be made.
PIECES = (
    '<a href="a.md">', "<A HREF='b c'>", "<a href=x/y>", "<a name=here>", "<a>", "</a>", "</A >",
    '<img src="i.png" alt="an image">', "<img src=i/>", "<IMG alt='x' src=\"i\" />", "<img alt=x>",
    "<p title='<a href=no>'>", "</p>", "<br>", "<!-- <a href=no> -->", "<!-->", "<!--", "-->",
    "<video poster='p.png' src=v>", "<source srcset='a, b 2x' src=c>", "<track src=t.vtt>",
    "<script>", "</script>", "<a href=\"", "<a href='", "<a ", ">", "<", '"', "'", "=", " ",
    "&amp;", "&", "&#65;", "word", "\n", "/", "\u00a0", "été", "<a\thref\n=\f'z'title=y>",
)  # fmt: skip

htmls = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20)


def hrefs(html: str) -> list[str]:
    return [one.href for one in written(html)]


def unchanged(index: int, one: Written) -> Mapping[str, str | None]:
    return {one.attribute: one.href}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="x">t</a>', ["x"]),
        ("<A HREF='x'>t</A>", ["x"]),
        ("<a href=x>t</a>", ["x"]),
        ("<a\n title=t\thref = x >t</a>", ["x"]),
        ("<a/href=x>t</a>", ["x"]),
        ("<a href>t</a>", [""]),
        ("<a href=x href=y>t</a>", ["x"]),
        ("<img src=x/>", ["x/"]),
        ("<img src='x'/><img alt=y>", ["x"]),
        ("<a name=x>t</a><abbr href=x><image src=x>", []),
        ("<a href=x>one<a href=y>two", ["x", "y"]),
        ("<a href='say \"x\"'>t</a>", ['say "x"']),
        ("<p title='<a href=no>'><a href=x>", ["x"]),
        ("<p title='>'><a href=x>", ["x"]),
        ("<!-- <a href=no> --><a href=x>", ["x"]),
        ("<!--><a href=x>--><!---><a href=y>", ["x", "y"]),
        ("<!-- <a href=no> --!><a href=x>", ["x"]),
        ("<script>'<a href=no>'</script ><a href=x>", ["x"]),
        ("<STYLE><a href=no></style><a href=x>", ["x"]),
        ("<?php <a href=no><a href=x>", ["x"]),
        ("</ <a href=no><a href=x>", ["x"]),
        ("1 < a href=no> 2 <3 <a href=x>", ["x"]),
        ("<a href=x><a href='no>", ["x"]),
        ("<a href=x><!-- <a href=no>", ["x"]),
        ("<a href=x", []),
    ],
)
def test_tags_are_found_as_a_browser_finds_them(html: str, expected: list[str]) -> None:
    """Case, quotes, blanks, comments, scripts and a missing end are read as in HTML."""
    assert hrefs(html) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("a?x&amp;y", "a?x&y"),
        ("a?x=1&copy=2&notin", "a?x=1&copy=2&notin"),
        ("&copy;&lt;&#65;&#x42;&#66", "©<ABB"),
        ("&nosuch;&", "&nosuch;&"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
        ("%20&nbsp;é", "%20\u00a0é"),
    ],
)
def test_character_references_are_decoded(href: str, expected: str) -> None:
    """An href is told without character references, and otherwise as it was written."""
    assert hrefs(f'<a href="{href}">') == [expected]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<a href=x> one\n<b>t</b>wo&nbsp;&amp; </a>three", "one two &"),
        ("<a href=x>one<br>two<h2>three</h2></a>", "one two three"),
        ("<a href=x>one<!-- not -->two", "onetwo"),
        ("<a href=x>one<p>two<a name=y>three", "one two"),
        ("<a href=x><img src=i alt=no></a>", ""),
        ("<img src=i alt=' an &quot;image&quot; '>after", 'an "image"'),
        ("<img src=i>after", ""),
    ],
)
def test_the_text_is_what_is_shown(html: str, expected: str) -> None:
    """A link has its text, an image what stands in its stead; blanks are one blank."""
    assert written(html)[0].text == expected


def test_a_long_text_is_cut() -> None:
    """Of a text no more is told than its beginning."""
    (one,) = written(f"<a href=x>{'word ' * 1000}</a>")

    assert one.text == ("word " * 1000)[:LONGEST_TEXT].rstrip()


def test_links_and_images_stand_in_document_order() -> None:
    """An image within a link comes after it, whichever of the two ends first."""
    found = written("<a href=1><img src=2 alt=i>t</a><a href=3>u</a>")

    assert found == (
        Written("link", "1", "t"),
        Written("image", "2", "i", "src"),
        Written("link", "3", "u"),
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<img srcset='a.png, b.png 2x'>", ["a.png", "b.png"]),
        ("<img srcset=' ,a.png,, b.png 100w,'>", ["a.png", "b.png"]),
        ("<img srcset='a,b.png 1x,c.png'>", ["a,b.png", "c.png"]),
        ("<img srcset='a.png x(1, 2) y, b.png'>", ["a.png", "b.png"]),
        ("<img srcset='a.png (1, b.png'>", ["a.png"]),
        ("<img srcset='a?x&amp;y 2x' src=b>", ["b", "a?x&y"]),
        ("<img srcset=',, ,'>", []),
        ("<picture><source srcset='a 1x'><img src=b></picture>", ["a", "b"]),
        ("<video src=a poster=b><source src=c><track src=d></video>", ["a", "b", "c", "d"]),
        ("<audio src=a></audio><sourced src=no><p poster=no>", ["a"]),
    ],
)
def test_sizes_of_images_and_other_media_lead_somewhere_too(html: str, expected: list[str]) -> None:
    """Each address of a ``srcset`` counts, as browsers part it, and so do films and sounds."""
    assert hrefs(html) == expected


def test_only_what_an_image_shows_at_first_is_the_image() -> None:
    """Its other sizes are media: who gives images their size leaves these alone."""
    assert written('<img alt=i src="a" srcset="a, b 2x"><video poster="c">') == (
        Written("image", "a", "i", "src"),
        Written("media", "a", "i", "srcset"),
        Written("media", "b", "i", "srcset"),
        Written("media", "c", "", "poster"),
    )


def test_one_address_of_several_is_replaced() -> None:
    """The others, and what each is good for, stay as they are written."""
    html = "<img srcset=' a.png 1x , b.png  2x,c,' src=a.png>"

    def replace(index: int, one: Written) -> Mapping[str, str | None] | None:
        return {one.attribute: "/x?a&b"} if one.href == "b.png" else None

    assert rewritten(html, replace) == ('<img srcset=" a.png 1x , /x?a&amp;b  2x,c," src=a.png>')


@given(st.lists(texts.filter(bool), min_size=3, max_size=3))
@example([",a b,", ",", "a,b"])
def test_no_address_can_part_a_srcset(fresh: list[str]) -> None:
    """Whatever stands in an address, there are as many as before."""
    changed = rewritten(
        "<img srcset='a, b 2x, c'>", lambda index, one: {one.attribute: fresh[index]}
    )

    assert [unquote(href) for href in hrefs(changed)] == [unquote(href) for href in fresh]


@given(htmls)
def test_what_is_left_as_it_is_keeps_every_byte(html: str) -> None:
    """Rewriting with nothing, or with what is there, changes no byte."""
    assert rewritten(html, lambda index, one: None) == html
    assert rewritten(html, lambda index, one: {}) == html
    assert rewritten(html, unchanged) == html


@given(htmls, st.lists(texts, min_size=100, max_size=100))
@example("<a href=x title=y>", ['"><script>'] * 100)
@example("<source srcset='a, b 2x' src=c>", [" ,a b,"] * 100)
@example("<source srcset='a, b 2x' src=c>", [""] * 100)
def test_what_is_rewritten_is_read_again(html: str, fresh: list[str]) -> None:
    """After rewriting, the links and images are the same but for what was replaced."""
    before = written(html)
    # Of several in one attribute, each has to be an address.
    given = [
        quote(text) or "x" if one.attribute == "srcset" else text
        for one, text in zip(before, fresh, strict=False)
    ]

    def replace(index: int, one: Written) -> Mapping[str, str | None]:
        return {one.attribute: given[index]}

    after = written(rewritten(html, replace))

    assert [one.href for one in after] == given
    assert [(one.kind, one.text) for one in after] == [(one.kind, one.text) for one in before]


@given(htmls)
def test_a_sanitised_text_has_the_links_that_it_had(html: str) -> None:
    """What the sanitiser makes of a text has the links that the sanitiser sees in it."""
    clean = nh3.clean(html)
    seen: list[str] = []

    def see(tag: str, attribute: str, value: str) -> str:
        if (tag, attribute) in (("a", "href"), ("img", "src")):
            seen.append(value)
        return value

    nh3.clean(clean, attribute_filter=see)

    assert sorted(hrefs(clean)) == sorted(seen)


def test_attributes_are_added_replaced_and_removed() -> None:
    """Each named attribute gets its value, escaped; the others stay where they are."""
    html = "<p><img src=a.png width='1' ALT=x  /><a href=\"b\"title=t>c</a></p>"

    changed = rewritten(
        html,
        lambda index, one: (
            {"src": 'x"<&', "width": "20", "height": "30", "alt": None}
            if one.kind == "image"
            else {"href": None, "rel": "next"}
        ),
    )

    assert changed == (
        f'<p><img src="{escape("x" + chr(34) + "<&")}" width="20"  height="30"  />'
        '<a title=t rel="next">c</a></p>'
    )


def test_an_attribute_that_stands_there_twice_is_removed_twice() -> None:
    """What is removed does not come back from behind."""
    assert rewritten("<a href=x HREF=y>", lambda index, one: {"href": None}).split() == ["<a", ">"]


@pytest.mark.parametrize(
    "piece",
    [
        '<a href="',
        "<a x='",
        "<a ",
        "<",
        "<!--",
        "<script>",
        "<a x   =",
        "<a href=x",
        "&#",
        "<a/ \t",
    ],
)
def test_a_text_of_nothing_but_beginnings_is_read_to_its_end(piece: str) -> None:
    """However often something begins that never ends, what came before is found."""
    found = written("<a href=first>text</a>" + piece * 200_000)

    assert found[0] == Written("link", "first", "text")
