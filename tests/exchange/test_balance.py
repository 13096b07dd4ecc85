"""HTML that Markdown alone became is taken as balanced, and is."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hal_delivery.exchange.formats import markup, nesting, sanitising
from hal_delivery.exchange.formats.nesting import DEEPEST_TAGS

#: Pieces of Markdown that become tags, closed or not, in one another and at the ends of blocks.
PIECES = (
    "a", " ", "\n", "\n\n", "*", "**", "_", "~~", "`", "```\n", "> ", "- ", "  ", "1. ", "# ",
    "[", "](b)", "![", "[^1]", "\n[^1]: c\n", "| a | b |\n| - | - |\n", "---\n", "www.a.org",
    "<https://a.org>", "a@b.org", "> [!NOTE]\n", "- [x] ", "\\", "&lt;b&gt;", "[a]: b\n", " {#a}",
)  # fmt: skip


def balanced(html: str) -> str:
    return sanitising.cleaned(html, is_balanced=True)[0]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("[a[^1]](b)\n\n[^1]: *c*\n\n    - d\n")
def test_what_markdown_becomes_has_each_end_tag_in_its_place(markdown: str) -> None:
    """Keeping tags within bounds changes nothing of what Markdown without HTML is rendered to."""
    env: dict[str, bool] = {}
    rendered = markup._parser().render(markdown, env)

    assert env.get(markup._RAW) or nesting.bounded(rendered) == (rendered, 0)


@pytest.mark.parametrize("html", ["<b>", "<div>a</b>", "<i>a\n\nb", "- <b>a\n- c"])
def test_html_within_markdown_is_not_taken_as_balanced(html: str) -> None:
    """Emphasis that an author leaves open in HTML ends with the block that it began in."""
    rendered = markup._parser().render(html, {})

    assert markup.render(html).html == sanitising.cleaned(rendered)[0].strip()


def test_no_more_than_the_deepest_tags_are_taken_as_balanced() -> None:
    """Balanced or not, tags that lie too deep are left out."""
    deep = "<div>" * (DEEPEST_TAGS + 1) + "a" + "</div>" * (DEEPEST_TAGS + 1)

    assert balanced(deep).count("<div>") == DEEPEST_TAGS
