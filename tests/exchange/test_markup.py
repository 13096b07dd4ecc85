"""Markdown and HTML become HTML that is safe, and says what was written."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hal_delivery.exchange.formats import markup, nesting
from hal_delivery.exchange.formats.unreadable import Unreadable


def shown(markdown: str) -> str:
    return markup.render(markdown).html


def text_of(rendered: str) -> str:
    return html.unescape(re.sub(r'<[^>"]*(?:"[^"]*"[^>"]*)*>', "", rendered))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("*a* **b** `c < d`", "<p><em>a</em> <strong>b</strong> <code>c &lt; d</code></p>"),
        ("~~a~~", "<p><s>a</s></p>"),
        ("```js\na\n```", '<pre><code class="language-js">a\n</code></pre>'),
        ('"a" -- (c)', '<p>"a" -- (c)</p>'),
        ("![a](b%20c.png)", '<p><img src="b%20c.png" alt="a"></p>'),
        ("[a](../é/x.md#y)", '<p><a href="../é/x.md#y">a</a></p>'),
        ("<kbd>a</kbd>", "<p><kbd>a</kbd></p>"),
        ("<!-- a -->", ""),
    ],
)
def test_markdown(markdown: str, expected: str) -> None:
    """CommonMark is rendered, and URLs stay as they are written."""
    assert shown(markdown) == expected


def test_tables() -> None:
    """A table keeps how its columns are aligned."""
    rendered = shown("| a | b |\n|---|--:|\n| 1 | 2 |\n")

    assert '<th align="right">b</th>' in rendered
    assert "<td>1</td>" in rendered


def test_tasks() -> None:
    """A task is a check box that nobody can check."""
    rendered = shown("- [x] done\n- [ ] open\n")

    assert rendered.count('type="checkbox"') == rendered.count('disabled=""') == 2
    assert rendered.count("checked") == 1


def test_bare_links() -> None:
    """Bare URLs and addresses are links; names of files are none."""
    rendered = shown("http://a.b/c_d_e, www.a.com/x. a@b.com readme.md")

    assert re.findall('href="(.*?)"', rendered) == [
        "http://a.b/c_d_e",
        "http://www.a.com/x",
        "mailto:a@b.com",
    ]


@pytest.mark.parametrize(
    ("bare", "href"),
    [
        ("HTTP://b.org/x", "HTTP://b.org/x"),
        ("//b.org/x", "//b.org/x"),
        ("WWW.b.org", "http://WWW.b.org"),
        ("mailto:c@b.org", "mailto:c@b.org"),
        ("c@b.org", "mailto:c@b.org"),
    ],
)
def test_bare_links_beside_written_ones(bare: str, href: str) -> None:
    """In a paragraph with a link that is written as one, whatever else is a URL is a link, too."""
    assert re.findall('href="(.*?)"', shown(f"<https://a.org> or {bare} then")) == [
        "https://a.org",
        href,
    ]


def test_footnotes_and_alerts() -> None:
    """A footnote goes to the end, and an alert is one."""
    assert text_of(shown("a[^1]\n\n[^1]: the note")).split("\n")[0] == "a[1]"
    assert 'class="markdown-alert markdown-alert-note"' in shown("> [!NOTE]\n> a")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## A {#b}", '<h2 id="b">A</h2>'),
        ("## 日本{#b .c .d}", '<h2 id="b" class="c d">日本</h2>'),
        ("A {#b}\n---", '<h2 id="b">A</h2>'),
        ("## A {b}", "<h2>A {b}</h2>"),
        ("## A \\{#b}", "<h2>A {#b}</h2>"),
        ("{.a}", "<p>{.a}</p>"),
    ],
)
def test_heading_attributes(markdown: str, expected: str) -> None:
    """Braces after a heading's text give it an id; other braces are text."""
    assert shown(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "heading"),
    [
        ("a\n\n## B `c` *d* &amp; [e](f)\n\n# G", "B c d & e"),
        ("#\n\n# A", "A"),
        ("<h1 align=center><img alt='A' src=b> b</h1>", "A b"),
        ("# A[^1]\n\n[^1]: b", "A"),
        ('# A {{< b "c" >}}', 'A {{< b "c" >}}'),
        ("```\n# a\n```", None),
    ],
)
def test_the_heading(markdown: str, heading: str | None) -> None:
    """A text's heading is the first one of any level that says something."""
    assert markup.render(markdown).heading == heading


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        "<iframe src=a></iframe>",
        "<img src=a onerror=alert(1)>",
        "<a href='javascript:alert(1)'>a</a>",
        "<a href='data:text/html,alert(1)'>a</a>",
        "<p style='color: red'>a</p>",
        "<svg><script>alert(1)</script></svg>",
        "<form action=a><input name=b></form>",
        "<object data=a></object>",
        '[a]({{< ref "javascript:alert(1)" >}})',
        "<noscript><p title='</noscript><img src=a onerror=alert(1)>'></noscript>",
    ],
)
def test_what_runs_goes(hostile: str) -> None:
    """No script, style, frame, handler or URL that runs something is left, in whatever file."""
    for rendered in (shown(hostile), markup.sanitise(hostile).html):
        tags = "".join(re.findall(r'<[^>"]*(?:"[^"]*"[^>"]*)*>', rendered))
        tags = re.sub('title="[^"]*"', "", tags)
        assert not re.search(r"script|style|iframe|alert|svg|form|object|name=", tags)


def test_html_that_stays() -> None:
    """What shows content stays as it is, without anything added."""
    kept = (
        '<details open=""><summary>a</summary><figure><picture>'
        '<source srcset="a.webp 2x" type="image/webp"><img src="a.png" width="1" height="2" '
        'alt="b" loading="lazy"></picture></figure><p id="c" class="d" lang="ja" dir="ltr">'
        '<a href="../e f" title="g" rel="me">h</a><sub>i</sub><mark>j</mark></p></details>'
    )

    assert markup.sanitise(kept).html == kept


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<title>A &amp; b</title><body><h2>c</h2>", ("<h2>c</h2>", "A & b")),
        ("<title>A</title><h1>b</h1>", ("<h1>b</h1>", "b")),
        ("<!-- <title>A</title> --><h2>b</h2>", ("<h2>b</h2>", "b")),
        ("<html><head><style>a</style></head><body>b</body></html>", ("b", None)),
        ("a {{<b c='<d>'>}}", ("a {{&lt;b c='&lt;d&gt;'&gt;}}", None)),
    ],
)
def test_html_documents(written: str, expected: tuple[str, str | None]) -> None:
    """Of a whole HTML document the body is shown; its title is its heading if it has no h1."""
    read = markup.sanitise(written)

    assert (read.html, read.heading) == expected


CALLS = [
    '{{< a "b_c_ *d*" >}}',
    "{{% a src=`b` %}}",
    "{{<a>}}",
    '{{< a\n  b="c"\n  d="--"\n>}}',
    "{{< /a >}}",
    "{{</* a */>}}",
    '{{< a "x >}} y" >}}',
    "{{ .Site.Title | b }}",
    "{{- if a -}}",
    "{% include a_b_.html %}",
    "<Tabs items={[{a: `b > c`}]} d='*e*'>",
    "</Tabs.Item>",
    '<Card title="*a*" />',
    "{/* *a* */}",
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "a *b* {} c",
        "**{}**",
        "`{}`",
        "> {}",
        "- {}",
        "# {}",
        "| a |\n|---|\n| {} |",
        "<div>\n{}\n",
    ],
)
def test_calls_are_shown(call: str, around: str) -> None:
    """Shortcodes, templates and components are shown as written, wherever they stand."""
    assert call in text_of(shown(around.format(call) if "{}" in around else around))


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[a]({{% param u %}})", '<p><a href="{{% param u %}}">a</a></p>'),
        ("<https://a/{{% b %}}>", '<p><a href="https://a/{{% b %}}">https://a/{{% b %}}</a></p>'),
        ("<div class=\"{{% a 'b' %}}\">c</div>", '<div class="{{% a &#x27;b&#x27; %}}">c</div>'),
        ('<div {{< a "b" >}}>c</div>', '<div>{{&lt; a "b" &gt;}}c</div>'),
        ("<{{< a >}}>", "<p>&lt;{{&lt; a &gt;}}&gt;</p>"),
        ("{{<a href=b", "<p>{{&lt;a href=b</p>"),
        ("{{< a\n\n>}} b", "<p>{{&lt; a</p>\n<p>&gt;}} b</p>"),
        ('{{< a "{{< b >}}" >}}', '<p>{{&lt; a "{{&lt; b &gt;}}" &gt;}}</p>'),
        ("{{< a >}}*b*{{< /a >}}", "<p>{{&lt; a &gt;}}<em>b</em>{{&lt; /a &gt;}}</p>"),
        ("`{{<` to `>}}`", "<p><code>{{&lt;</code> to <code>&gt;}}</code></p>"),
        ("<b>{{</b> <i>}}</i>", "<p><b>{{</b> <i>}}</i></p>"),
        ("{{<video>}} {{</b>}}", "<p>{{&lt;video&gt;}} {{&lt;/b&gt;}}</p>"),
        ("List<String> <BR>", "<p>List&lt;String&gt; <br></p>"),
        ('[a]({{< ref "b.md" >}}#c)', '<p><a href="b.md#c">a</a></p>'),
        ('[a]({{% relref path="/b" lang="c" %}})', '<p><a href="/b">a</a></p>'),
        ('{{< ref "b.md" >}} 90q0z', '<p>{{&lt; ref "b.md" &gt;}} 90q0z</p>'),
    ],
)
def test_calls_in_odd_places(markdown: str, expected: str) -> None:
    """A call in a tag, in a link, in another call or without an end is not torn apart."""
    assert shown(markdown) == expected


def note(name: str, arguments: Sequence[str] | Mapping[str, str], inner: str | None) -> str:
    return f"<aside onclick=x>{name} {arguments} {inner}</aside>"


def test_renderers() -> None:
    """A renderer's HTML stands for the call and what it encloses, sanitised like all else."""
    rendered = markup.render(
        "{{< note 1 `b c` >}}*d* {{< note >}}e{{< /note >}}{{< /note >}}\n\nf {{% note g=h /%}}",
        shortcodes={"note": note},
    )

    assert rendered.html == (
        "<aside>note ['1', 'b c'] *d* {{&lt; note &gt;}}e{{&lt; /note &gt;}}</aside>\n"
        "<p>f </p><aside>note {'g': 'h'} None</aside><p></p>"
    )


def test_a_renderer_within_a_url() -> None:
    """What a renderer puts into a URL is sanitised together with the rest of the URL."""
    rendered = markup.render(
        "[a](java{{< none >}}script:b) [c](https://d/{{< none >}}e)",
        shortcodes={"none": lambda name, arguments, inner: ""},
    )

    assert rendered.html == '<p><a>a</a> <a href="https://d/e">c</a></p>'


MANY = 20_000
UNCLOSED = "<p>x"


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * MANY,
        "*" * MANY + "a" + "*" * MANY,
        "".join(f"<b id={number}>" for number in range(MANY)) + UNCLOSED * MANY,
        "".join(f"<div><b id={number}></div>" for number in range(MANY)),
        "<b><div></b>" * MANY,
        "<b><table></b></table>" * MANY,
        "<div><table><td></div>" * MANY,
        "<p><blockquote>" * MANY,
        "<form><div></form>" * MANY,
        "<x-y><div></x-y>" * MANY,
        "<ul><li><ul></li></ul>" * MANY,
        "<div><? </div>" * MANY,
        "<div><script></div></script>" * MANY,
        "<div><noscript></div></noscript>" * MANY,
        "<svg><style><div></style>" * MANY,
        "<body><div></body>" * MANY,
    ],
)
def test_tags_too_deep(text: str) -> None:
    """However tags are nested, few are left within one another, and the text stays."""
    for read in (markup.render(text), markup.sanitise(text)):
        deepest = depth = 0
        for end in re.findall(r"<(/?)(?!br|hr|img|input)[a-z]", read.html):
            depth += -1 if end else 1
            deepest = max(deepest, depth)
        assert deepest < 2 * nesting.DEEPEST_TAGS
        assert len(read.html) < 10 * len(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (">" * MANY + " Z", "Z"),
        ("- " * MANY + "Z", "Z"),
        ("\n".join(f"{'  ' * level}- {level}!" for level in range(200)), "199!"),
        ("[" * 100_000 + "Z", "Z"),
        ("[" * MANY + "Z" + "]" * MANY, "Z"),
        ("![" * MANY + "Z" + "](b)" * MANY, "Z"),
        ("a <![CDATA[ " * MANY, "CDATA"),
        ("".join(f"Z{'`' * count}" for count in range(1000)), "Z"),
        ("*Z_ " * MANY, "Z"),
        ("[a]: b\n" * MANY + "\n[c]", "[c]"),
        ("{{< a " * MANY, "{{< a"),
        ('"{{<a `" ' * MANY, "{{<a"),
        ("<Ab {" * MANY, "<Ab {"),
        ("<p " + "a=b " * MANY + ">Z", "Z"),
    ],
)
def test_no_text_is_lost_to_depth(text: str, kept: str) -> None:
    """What lies too deep, or is never closed, is shown as text."""
    assert kept in html.unescape(shown(text))


def test_brackets_too_deep() -> None:
    """A link within more brackets than anybody writes is text, within a few it is a link."""
    assert "<a " in shown("[" * 10 + "a](b)" + "]" * 9)
    assert "<a " in shown("[a](b) " * 100)
    assert "<a " not in shown("[" * 70 + "a](b)" + "]" * 69)


def test_flattening_is_said() -> None:
    """Whoever nests too deep is told what became of it."""
    assert markup.render(">" * 30 + " a").notes == ()
    assert "shown as text" in markup.render(">" * 50 + " a").notes[0]
    assert "20 tags" in markup.sanitise("<div>" * 120).notes[0]


def test_emphasis_ends_with_its_block() -> None:
    """Emphasis that is never closed ends where its block ends; tags left open for good may be."""
    assert nesting.bounded("<ul><li><b>a<li>b</ul>")[0] == "<ul><li><b>a</b><li>b</ul>"
    assert nesting.bounded("<table><tr><td><i>a<td>b<tr>") == (
        "<table><tr><td><i>a</i><td>b<tr>",
        0,
    )
    assert nesting.bounded("<p>a" * 500) == ("<p>a" * 500, 0)


def test_what_is_too_large() -> None:
    """A text of more than 16 MB is refused."""
    for read in (markup.render, markup.sanitise):
        with pytest.raises(Unreadable):
            read("é" * (8 * 1024 * 1024 + 1))


@settings(max_examples=300)
@given(st.text(alphabet="{<>%}/ \n`\"'[](){}ATab=*_#|-.", max_size=80))
def test_any_text_is_shown_safely(text: str) -> None:
    """Whatever is written, the HTML is what sanitising it again would leave."""
    for rendered in (shown(text), markup.sanitise(text).html):
        again = markup.sanitise(rendered).html
        assert again == rendered
