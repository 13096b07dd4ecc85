"""Mounts come from one file, and every mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from content_repo.model import Side
from hal_delivery.mounts import DEFAULT_MOUNTS, Mount, MountError, load_mounts

DOCS = '[[mounts]]\nname = "docs"\nbase = "/docs/api"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hal-delivery.toml"


def mounts(file: Path, text: str) -> tuple[Mount, ...]:
    file.write_text(text, "utf-8")
    return load_mounts(file)


def complaint(file: Path, text: str) -> str:
    with pytest.raises(MountError) as refused:
        mounts(file, text)
    return str(refused.value)


def test_without_a_file_there_are_two(file: Path) -> None:
    """The published side is public at /site/api; drafts need a token, at /preview/api."""
    site, preview = load_mounts(file)

    assert (site.name, site.base, site.side, site.readers) == (
        "site",
        "/site/api",
        Side.PUBLISHED,
        "public",
    )
    assert (preview.name, preview.base, preview.side, preview.readers) == (
        "preview",
        "/preview/api",
        Side.DRAFT,
        "token",
    )
    assert site.content_root == preview.content_root == "content/documents"
    assert site.shared_roots == ("content/gallery", "content/taxonomies")


def test_a_file_that_was_named_has_to_be_there(file: Path) -> None:
    """The defaults would open to everyone what a mistyped file was to close."""
    with pytest.raises(MountError, match=r"HAL_DELIVERY_CONFIG"):
        load_mounts(file.with_name("mounts.tmol"), required=True)


def test_a_file_without_mounts_changes_nothing(file: Path) -> None:
    """An empty file is as good as none."""
    assert mounts(file, "# nothing yet\n") == DEFAULT_MOUNTS


def test_a_name_and_a_base_are_enough(file: Path) -> None:
    """Everything else about a mount has a default."""
    (docs,) = mounts(file, DOCS)

    assert docs == Mount(name="docs", base="/docs/api", title="docs")
    assert (docs.default_limit, docs.max_limit, docs.max_age) == (10, 100, 60)
    assert docs.cors_origins == ("*",)


def test_every_key_arrives(file: Path) -> None:
    """What the operator writes is what the mount has."""
    (docs,) = mounts(
        file,
        DOCS
        + """
        title = "Manual"
        content_root = "content/documents/docs"
        side = "published"
        default_locale = "pt_BR"
        shared_roots = ["content/gallery"]
        readers = "token"
        default_limit = 20
        max_limit = 50
        max_age = 0
        cors_origins = ["https://www.example.org", "http://[::1]:3000"]
        default_parameters = { _locale = "nl", _limit = 5, _total = true }
        parameter_aliases = { search = "_q" }
        headers = { X-Robots-Tag = "noindex" }
        site_url = "https://www.example.org/docs/{locale}/{path}.html"
        processors = ["my_site.delivery:branded"]
        """,
    )

    assert docs == Mount(
        name="docs",
        base="/docs/api",
        title="Manual",
        content_root="content/documents/docs",
        side=Side.PUBLISHED,
        default_locale="pt_BR",
        shared_roots=("content/gallery",),
        readers="token",
        default_limit=20,
        max_limit=50,
        max_age=0,
        cors_origins=("https://www.example.org", "http://[::1]:3000"),
        default_parameters={"_locale": "nl", "_limit": "5", "_total": "true"},
        parameter_aliases={"search": "_q"},
        headers={"X-Robots-Tag": "noindex"},
        site_url="https://www.example.org/docs/{locale}/{path}.html",
        processors=("my_site.delivery:branded",),
    )


def test_a_mount_can_be_a_key(file: Path) -> None:
    """Mounts are values: equal ones are the same key, and none can be changed."""
    (docs,) = mounts(file, DOCS)
    (again,) = mounts(file, DOCS)

    assert {docs: 1}[again] == 1
    with pytest.raises(TypeError):
        docs.headers["X-New"] = "1"  # type: ignore[index]


def test_drafts_are_closed_unless_opened(file: Path) -> None:
    """A mount of drafts needs a token unless the file says otherwise twice."""
    draft = DOCS + 'side = "draft"\n'
    assert mounts(file, draft)[0].readers == "token"

    public = draft + 'readers = "public"\n'
    assert "allow_public_drafts" in complaint(file, public)
    assert mounts(file, public + "allow_public_drafts = true\n")[0].readers == "public"
    assert "allow_public_drafts" in complaint(file, public + "allow_public_drafts = false\n")


@pytest.mark.parametrize(
    ("line", "hint"),
    [("tilte = 'a'", "title"), ("reader = 'public'", "readers"), ("max_size = 1", "max_age")],
)
def test_an_unknown_key_is_refused(file: Path, line: str, hint: str) -> None:
    """A complaint names the file, the mount, the key and the nearest valid one."""
    message = complaint(file, DOCS + line)

    for part in (str(file), "mount docs", line.split(" ", maxsplit=1)[0], f"Did you mean {hint}?"):
        assert part in message


@pytest.mark.parametrize(
    "line",
    [
        "title = 1",
        "title = ''",
        "content_root = '/content'",
        "content_root = 'content/'",
        "content_root = 'content/../extensions'",
        "content_root = 'extensions'",
        "side = 'both'",
        "side = 1",
        "default_locale = 'a b'",
        "shared_roots = 'content/gallery'",
        "shared_roots = ['gallery']",
        "readers = 'all'",
        "readers = ['public']",
        "default_parameters = 'a'",
        "default_parameters = { a = [1] }",
        "parameter_aliases = { a = 1 }",
        "parameter_aliases = { a = 'a' }",
        "default_limit = 0",
        "default_limit = '10'",
        "max_limit = 1001",
        "max_limit = true",
        "max_age = -1",
        "max_age = 1.5",
        "cors_origins = '*'",
        "cors_origins = ['https://example.org/path']",
        "cors_origins = ['null']",
        "headers = { 'Bad Name' = 'a' }",
        'headers = { X-Two = "a\\r\\nSet-Cookie: b" }',
        "headers = { ETag = 'a' }",
        "headers = { X-Number = 1 }",
        "allow_public_drafts = 'yes'",
        "site_url = 1",
        "site_url = ''",
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(file: Path, line: str) -> None:
    """A complaint names the key, its value and what it must be."""
    message = complaint(file, DOCS + line)

    assert f"mount docs: {line.split(' ', maxsplit=1)[0]} is " in message
    assert "but must be" in message


@pytest.mark.parametrize(
    ("url", "nearest"),
    [
        ("/{locale}/{pth}/", "{path}"),
        ("/{local}/{path}/", "{locale}"),
        ("/{lang}/{path}", "{locale}, {path}"),
        ("/{path}/{", "{locale}, {path}"),
        ("{path}", "/{path}"),
        ("/path/", "/{path}/"),
        ("//{path}/", "/{path}/"),
        ("/{path}/{path}/", "/{path}/"),
        ("/{path}.{locale}", "/{path}"),
        ("/{path}/?page={path}", "/{path}/"),
        ("/{path}/#top", "/{path}/"),
        ("https://{locale}.example.org/{path}/", "/{locale}/{path}"),
        ("ftp://example.org/{locale}/{path}/", "/{locale}/{path}/"),
        ("https://www.example.org", "/{locale}/{path}/"),
    ],
)
def test_a_site_that_cannot_be_is_refused_with_the_nearest(
    file: Path, url: str, nearest: str
) -> None:
    """A pattern holds {path}, no placeholder that nobody knows, and what addresses hold."""
    message = complaint(file, f'{DOCS}site_url = "{url}"')

    assert f"mount docs: site_url is {url!r}, but must be a pattern" in message
    assert nearest in message.rpartition(" not at all. ")[2]


@pytest.mark.parametrize(
    "base",
    ["docs/api", "/docs/", "/", "", "//docs", "/a/../b", "/a?b", "/a b", "/a%2Fb", "/healthz", 1],
)
def test_a_base_is_a_path(file: Path, base: object) -> None:
    """A base starts with a slash, ends without one, and needs no escaping."""
    written = f'"{base}"' if isinstance(base, str) else base

    message = complaint(file, f'[[mounts]]\nname = "docs"\nbase = {written}\n')

    assert f"base is {base!r}, but must be" in message


@pytest.mark.parametrize("name", ["Docs", "1", "", "a b", "a" * 64])
def test_a_name_is_a_word(file: Path, name: str) -> None:
    """A mount's name stands in tokens and commands, so it is plain."""
    assert f"name is {name!r}" in complaint(file, DOCS.replace("docs", name, 1))


@pytest.mark.parametrize("base", ["/docs/api", "/docs/api/v1", "/docs"])
def test_bases_do_not_overlap(file: Path, base: str) -> None:
    """Every address belongs to one mount at most."""
    message = complaint(file, f'{DOCS}[[mounts]]\nname = "other"\nbase = "{base}"\n')

    assert "docs" in message
    assert "other" in message
    assert base in message


def test_bases_may_share_a_beginning(file: Path) -> None:
    """/docs/api and /docs/apiary are different places."""
    both = mounts(file, f'{DOCS}[[mounts]]\nname = "other"\nbase = "/docs/apiary"\n')

    assert [mount.name for mount in both] == ["docs", "other"]


def test_names_are_unique(file: Path) -> None:
    """A token is for a mount by name, so no two mounts share one."""
    message = complaint(file, f'{DOCS}[[mounts]]\nname = "docs"\nbase = "/other"\n')

    assert "two mounts have the name docs" in message


def test_the_default_limit_fits_below_the_maximum(file: Path) -> None:
    """What a client gets unasked is never more than it may ask for."""
    assert "default_limit is 50" in complaint(file, DOCS + "default_limit = 50\nmax_limit = 20")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[[mounts]]\nname = 'docs'\n", "the key base is missing"),
        ("[[mounts]]\nbase = '/docs'\n", "mount number 1: the key name is missing"),
        ("[[mount]]\nname = 'docs'\n", "Did you mean mounts?"),
        ("[mounts]\nname = 'docs'\n", "[[mounts]]"),
        ("mounts = []\n", "[[mounts]]"),
        ("mounts = 1\n", "[[mounts]]"),
        ("[[mounts\n", "cannot be read"),
    ],
)
def test_a_file_of_another_shape_is_refused(file: Path, text: str, part: str) -> None:
    """What is not a list of mounts is refused with the file's name."""
    message = complaint(file, text)

    assert part in message
    assert str(file) in message


def test_a_file_in_another_encoding_is_refused(file: Path) -> None:
    """TOML is UTF-8; anything else is said, not guessed."""
    file.write_bytes(DOCS.encode() + b"title = 'caf\xe9'\n")

    with pytest.raises(MountError, match="cannot be read"):
        load_mounts(file)
