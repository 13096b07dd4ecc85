"""What is asked of every route, and of the service around them: one table.

A row is an exchange.  Most rows follow from two smaller tables: :data:`TARGETS`,
one address for each route, and :data:`CASES`, what every route is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

ASSET: Final = "9f32434e-84e3-4150-a6f2-d89a67be2fb1"
DIGEST: Final = "ae59cc2eca8113b8e1be567f6dacd653f4f220c93f0ea80ed0bbd484c97fa8fe"
MEDUSA: Final = "c580ac64-3874-4717-a6d9-e5ad72080abe"
ABOUT: Final = "30584a41-1b54-45d5-8b16-75d690f5b979"
BYTES: Final = f"/assets/{ASSET}/bytes/{DIGEST}/blue-199261_150.jpg"
BASENAME: Final = "essentials.pagination"

HAL: Final = "application/hal+json"
JSON: Final = "application/json"
HTML: Final = "text/html"
NDJSON: Final = "application/x-ndjson"
XML: Final = "application/xml"
TEXT: Final = "text/plain"

#: Bases by the mount's name; what belongs to no mount is the service's own.
BASES: Final[Mapping[str, str]] = {"site": "/site/api", "preview": "/preview/api", "service": ""}

#: Longer than any query may be; shown abbreviated.
TOO_LONG: Final = f"_q={'x' * 8200}"


@dataclass(frozen=True)
class Scenario:
    """One request, and the status that answers it.

    ``target`` is below the mount's base.  A header may hold ``<etag>``, the tag
    that a plain GET of the target carries, or the name of one of the tokens.
    """

    name: str
    mount: str
    method: str
    target: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return BASES[self.mount] + self.target


@dataclass(frozen=True)
class Target:
    """One route by an address: what is there, and what is not there.

    ``missing`` is absent where the route has but one address.  ``streamed`` are
    collections, which come as lines too.
    """

    name: str
    path: str
    media_type: str = HAL
    missing: str | None = None
    streamed: bool = False

    def asking(self, parameters: str) -> str:
        """The address with *parameters* only."""
        return f"{self.path.partition('?')[0]}?{parameters}"


#: In the order of the routes.
TARGETS: Final = (
    Target("entry-point", "/"),
    Target(
        "documents",
        "/documents/?_limit=2&_fields=title",
        missing="/documents/?_scope=nowhere",
        streamed=True,
    ),
    Target("document", f"/documents/{MEDUSA}", missing="/documents/news/2017/02/nowhere"),
    Target("source", f"/documents/{ABOUT}/source", TEXT, missing=f"/documents/{MEDUSA}/source"),
    Target("folders", "/folders/?_limit=2", missing="/folders/?_scope=nowhere", streamed=True),
    Target("folder", "/folders/blog/2017", missing="/folders/nowhere"),
    Target("tree", "/tree?_depth=1&_fields=title"),
    Target(
        "bundles",
        "/resourcebundles/?_limit=2",
        missing="/resourcebundles/?_scope=nowhere",
        streamed=True,
    ),
    Target("bundle", f"/resourcebundles/{BASENAME}", missing="/resourcebundles/nowhere"),
    Target(
        "bundle-in-locale",
        f"/resourcebundles/{BASENAME}/nl",
        missing=f"/resourcebundles/{BASENAME}/xx",
    ),
    Target(
        "taxonomies", "/taxonomies/?_limit=2", missing="/taxonomies/?_scope=nowhere", streamed=True
    ),
    Target("taxonomy", "/taxonomies/exampletaxonomy?_depth=1", missing="/taxonomies/nowhere"),
    Target(
        "category",
        "/taxonomies/seashore/categories/animals",
        missing="/taxonomies/seashore/categories/nowhere",
    ),
    Target(
        "category-documents",
        "/taxonomies/seashore/categories/animals/documents?_limit=2&_fields=title",
        missing="/taxonomies/seashore/categories/nowhere/documents",
        streamed=True,
    ),
    Target("assets", "/assets/?_limit=2", missing="/assets/?_scope=nowhere", streamed=True),
    Target("asset", f"/assets/{ASSET}", missing="/assets/nowhere.jpg"),
    Target("bytes", BYTES, "image/jpeg", missing=BYTES.replace(DIGEST, "0" * 64)),
    Target("suggest", "/suggest?_q=med&_limit=2", missing="/suggest?_q=med&_scope=nowhere"),
    Target("types", "/types/"),
    Target("type", "/types/hippoaddoncontenthalapidemo:newsdocument", missing="/types/nowhere"),
    Target("relation", "/rels/documents", HTML, missing="/rels/nowhere"),
    Target("problem", "/problems/invalid_parameter", HTML, missing="/problems/nowhere"),
    Target("docs", "/docs/", HTML),
    Target("sitemap", "/sitemap.xml", XML),
    Target("openapi", "/openapi.json", JSON),
    Target("swagger", "/api-docs/swagger.json", JSON),
    Target(
        "typed-documents",
        "/newsdocument/?_limit=2&_fields=title",
        missing="/nosuchtype/",
        streamed=True,
    ),
    Target("typed-document", f"/newsdocument/{MEDUSA}", missing=f"/blogpost/{MEDUSA}"),
)

#: What mounts of drafts do not have.
PUBLISHED_ONLY: Final = frozenset({"sitemap"})

#: What a browser asks before a script of another origin may ask.
PREFLIGHT: Final = {
    "Origin": "https://www.example.org",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "Prefer",
}


def everywhere(mount: str, one: Target) -> Iterator[Scenario]:
    """What every route is asked."""

    def case(
        name: str, status: int, method: str = "GET", target: str = one.path, **headers: str
    ) -> Scenario:
        named = {header.replace("_", "-"): value for header, value in headers.items()}
        return Scenario(f"{one.name}-{name}", mount, method, target, status, named)

    yield case("get", 200)
    yield case("head", 200, "HEAD")
    yield case("options", 200, "OPTIONS")
    yield Scenario(f"{one.name}-preflight", mount, "OPTIONS", one.path, 204, PREFLIGHT)
    yield case("not-modified", 304, If_None_Match="<etag>")
    yield case("unknown-parameter", 400, target=one.asking("_feilds=title"))
    yield case("post", 405, "POST")
    yield case("too-long", 414, target=one.asking(TOO_LONG))
    if one.media_type == HAL:
        yield case("as-json", 200, Accept=JSON)
    if one.streamed:
        yield case("as-lines", 200, Accept=NDJSON)
    if one.name == "bytes":
        yield case("range", 206, Range="bytes=0-9")
        yield case("last-range", 206, Range="bytes=-4")
        yield case("range-of-other-bytes", 200, Range="bytes=0-9", If_Range='"other"')
        yield case("range-beyond-the-end", 416, Range="bytes=99999999-")
    elif one.media_type == HAL:
        yield case("not-acceptable", 406, Accept="image/gif")
    else:
        # There is one form only, which is better than none.
        yield case("accepting-another-form", 200, Accept="image/gif")
    if one.missing is not None:
        yield case("missing", 404, target=one.missing)


def get(name: str, target: str, status: int = 200, **headers: str) -> Scenario:
    """A row of :data:`SINGLE`; the mount is the published one."""
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return Scenario(name, "site", "GET", target, status, named)


PROJECTED: Final = "/documents/?_fields=title&_limit=2"

#: What single routes are asked besides.
SINGLE: Final = (
    # Documents: search, order, window, shape.
    get("documents-all", "/documents/"),
    get("documents-search", "/documents/?_q=medusa&_fields=title"),
    get("documents-search-two-signs", "/documents/?_q==medusa&_fields=title"),
    get("documents-search-nothing-found", "/documents/?_q=zeppelin"),
    get("documents-sorted", "/documents/?_sort=title,-date&_fields=title,date&_limit=3"),
    get("documents-middle-page", f"{PROJECTED}&_offset=4"),
    get("documents-beyond-the-end", f"{PROJECTED}&_offset=1000"),
    get("documents-below-a-folder", "/documents/?_scope=news/2017&_fields=title"),
    get("documents-capped", "/documents/?_limit=500&_fields=title&_q=medusa"),
    get("documents-referring", f"/documents/?_references={ASSET}&_fields=title"),
    get("documents-referring-to-nothing", "/documents/?_references=nowhere", 404),
    get("documents-as-the-site-shows-them", f"{PROJECTED}&_html=site"),
    get("documents-iso-dates", f"{PROJECTED}&_dates=iso"),
    get("documents-without-a-slash", "/documents?_fields=title&_limit=1"),
    get("document-by-path", "/documents/news/2017/02/the-medusa-news?_fields=title"),
    get("document-left-out", f"/documents/{MEDUSA}?_fields=-content,-introduction&_dates=iso"),
    # Searching: language, filters, and what comes with the hits.
    get("documents-search-language",
        "/documents/?_q=(title:medusa%20OR%20%22blue%20ring%22)%20-snail*&_fields=title"),
    get("documents-search-highlighted",
        "/documents/?_q=medusa&_highlight=title,introduction&_fields=title&_limit=2"),
    get("documents-search-misspelt", "/documents/?_q=medussa&_fields=title&_limit=2"),
    get("documents-search-too-deep", f"/documents/?_q={'(' * 9}a{')' * 9}", 400),
    get("documents-facets",
        "/documents/?_facets=_meta.type,location,date(year)&_fields=title&_limit=1"),
    get("documents-refined", "/documents/?location=Amsterdam&_facets=location&_fields=title"),
    get("documents-filtered", "/documents/?date[gte]=2017-02&date[lt]=2017-04&_fields=title,date"),
    get("documents-filtered-by-meta", "/documents/?_meta.locale[ne]=en&_fields=title&_limit=2"),
    get("documents-filtered-through-a-mirror",
        "/documents/?authors.fullname[exists]=true&_fields=title&_limit=2"),
    get("documents-bad-operator", "/documents/?date[after]=2017", 400),
    get("documents-bad-filter", "/documents/?date[gte]=soon", 400),
    get("documents-by-ids", f"/documents/?_ids={MEDUSA}&_fields=title"),
    get("documents-outside", "/documents/?_scope=-news&_fields=title&_limit=2"),
    get("documents-without-a-total", f"{PROJECTED}&_total=none"),
    get("documents-bad-cursor", "/documents/?_after=nosuchplace", 400),
    get("documents-in-a-locale", "/documents/?_locale=nl&_fields=title&_limit=2"),
    get("documents-in-no-locale", "/documents/?_locale=nosuch!", 400),
    get("document-in-a-locale", f"/documents/{MEDUSA}?_locale=en&_fallback=none&_fields=title"),
    get("documents-embedding", "/blogpost/?_embed=authors&_fields=title&_limit=1"),
    get("documents-embedding-nothing", "/documents/?_embed=titel", 400),
    get("document-transcluding", f"/documents/{MEDUSA}?_fields=title",
        Prefer='transclude="image"'),
    get("suggest-nothing", "/suggest"),
    get("suggest-misspelt", "/suggest?_q=medussa"),
    # Bad values: each parameter is named, with what would be right.
    get("documents-unknown-scope-id", f"/documents/?_scope={MEDUSA[:-1]}0", 404),
    get("documents-bad-sort", "/documents/?_sort=titel", 400),
    get("documents-bad-fields", "/documents/?_fields=titel", 400),
    get("documents-bad-offset", "/documents/?_offset=-1", 400),
    get("documents-bad-limit", "/documents/?_limit=0", 400),
    get("documents-limit-no-number", "/documents/?_limit=ten", 400),
    get("documents-bad-depth", "/documents/?_depth=33", 400),
    get("documents-bad-dates", "/documents/?_dates=ios", 400),
    get("documents-long-text", f"/documents/?_q={'x' * 513}", 400),
    get("documents-given-twice", "/documents/?_limit=1&_limit=2", 400),
    get("documents-invalid-utf-8", "/documents/?_q=%ff", 400),
    get("documents-several-mistakes", "/documents/?_limit=0&_sort=titel&colour=red", 400),
    get("document-no-meaning-here", f"/documents/{MEDUSA}?_limit=2", 400),
    get("documents-lenient", "/documents/?colour=red&_limit=1&_fields=title",
        Prefer="handling=lenient"),
    get("documents-lenient-with-a-wrong-value", "/documents/?_q=%ff&colour=red", 400,
        Prefer="handling=lenient"),
    get("category-lenient", "/taxonomies/seashore/categories/snails?colour=red",
        Prefer="handling=lenient"),
    get("document-lenient", f"/documents/{MEDUSA}?_fields=title,colour", Prefer="handling=lenient"),
    # Addresses.
    get("path-encoded-slash", "/documents/news%2F2017", 400),
    get("path-nul", "/documents/a%00b", 400),
    get("path-invalid-utf-8", "/documents/%ff", 400),
    get("path-doubled-slash", "/documents//news", 404),
    get("path-dots", "/folders/news/../blog", 404),
    get("path-reserved-for-later", "/webhooks/", 404),
    get("path-of-the-base-alone", "", 200),
    get("host-unknown", "/documents/", 400, Host="evil.example"),
    # Validators: every form of If-None-Match, and If-Modified-Since where there is a date.
    get("documents-not-modified-any", PROJECTED, 304, If_None_Match="*"),
    get("documents-not-modified-list", PROJECTED, 304, If_None_Match='"other", <etag>'),
    get("documents-not-modified-weak", PROJECTED, 304, If_None_Match="W/<etag>"),
    get("documents-modified", f"{PROJECTED}&_q=medusa", 200, If_None_Match='"other"'),
    get("bundle-not-modified-since", f"/resourcebundles/{BASENAME}", 304,
        If_Modified_Since="Fri, 01 Jan 2038 00:00:00 GMT"),
    get("bundle-modified-since", f"/resourcebundles/{BASENAME}", 200,
        If_Modified_Since="Thu, 01 Jan 1998 00:00:00 GMT"),
    # Of what tells of other nodes too, one of which may have gone, no date says enough.
    get("document-with-others-since", f"/documents/{MEDUSA}?_fields=title", 200,
        If_Modified_Since="Fri, 01 Jan 2038 00:00:00 GMT"),
    get("document-tag-before-date", f"/documents/{MEDUSA}?_fields=title", 200,
        If_None_Match='"other"', If_Modified_Since="Fri, 01 Jan 2038 00:00:00 GMT"),
    # Streams.
    get("documents-stream-whole", "/documents/?_q=medusa&_fields=title", Accept=NDJSON),
    get("documents-stream-continued", f"/documents/?_fields=title&_limit=1&_after={MEDUSA}",
        Accept=NDJSON),
    get("documents-stream-sorted", "/documents/?_sort=title&_offset=2", 400, Accept=NDJSON),
    get("documents-after-without-a-stream", f"/documents/?_after={MEDUSA}", 400),
    get("documents-stream-bad-after", "/documents/?_after=medusa", 400, Accept=NDJSON),
    get("documents-stream-nothing-found", "/documents/?_q=zeppelin", Accept=NDJSON),
    get("sitemap-part", f"/sitemap.xml?_after={MEDUSA}"),
    # Negotiation.
    get("documents-preferred-json", PROJECTED, Accept=f"{JSON}, {HAL};q=0.5"),
    get("documents-anything", PROJECTED, Accept="*/*"),
    get("documents-excluded", PROJECTED, 406, Accept="application/*;q=0"),
    # Folders, bundles, taxonomies.
    get("folder-two-levels", "/folders/news?_depth=3&_fields=title"),
    get("folder-second-page", "/folders/news/2017/02?_offset=1&_limit=1&_sort=-date&_fields=title"),
    get("bundle-borrowed", f"/resourcebundles/{BASENAME}/nl-BE"),
    get("bundle-default", f"/resourcebundles/{BASENAME}/default"),
    get("taxonomy-whole", "/taxonomies/exampletaxonomy"),
    # Across origins.
    get("documents-cross-origin", PROJECTED, Origin="https://www.example.org"),
    get("documents-request-id", PROJECTED, X_Request_Id="from-the-client"),
    # A token says nothing where none is needed.
    get("documents-with-a-token", PROJECTED, Authorization="Bearer <token>"),
    *(
        Scenario(f"document-{method.lower()}", "site", method, f"/documents/{MEDUSA}", 405)
        for method in ("PUT", "PATCH", "DELETE")
    ),
)  # fmt: skip

#: Preview is read with a token; every other answer is that of the published mount.
REFUSED: Final[Sequence[tuple[str, Mapping[str, str]]]] = (
    ("token-of-another-scheme", {"Authorization": "Basic cmVhZGVyOnJlYWRlcg=="}),
    ("token-malformed", {"Authorization": "Bearer nonsense"}),
    ("token-expired", {"Authorization": "Bearer <expired>"}),
    ("token-for-another-mount", {"Authorization": "Bearer <of-another-mount>"}),
)

#: What the service answers outside all mounts.
OUTSIDE: Final = (
    *(
        Scenario(f"{name}-{method.lower()}", "service", method, target, status)
        for name, target in (
            ("home", "/"),
            ("healthz", "/healthz"),
            ("readyz", "/readyz"),
            ("metrics", "/metrics"),
            ("style", "/style.css"),
        )
        for method, status in (("GET", 200), ("HEAD", 200), ("OPTIONS", 200), ("POST", 405))
    ),
    Scenario("healthz-any-host", "service", "GET", "/healthz", 200, {"Host": "10.0.0.7"}),
    Scenario("metrics-any-host", "service", "GET", "/metrics", 200, {"Host": "10.0.0.7"}),
    Scenario("unknown-address", "service", "GET", "/nowhere", 404),
    Scenario("unknown-address-of-a-mount-to-be", "service", "GET", "/site/apix/", 404),
    Scenario("unknown-host", "service", "GET", "/", 400, {"Host": "evil.example"}),
    Scenario("unknown-method", "service", "BREW", "/", 405),
)


def scenarios() -> Iterator[Scenario]:
    """Every row, those of the mount that needs a token with one."""
    for one in TARGETS:
        yield from everywhere("site", one)
    yield from SINGLE
    for one in TARGETS:
        if one.name in PUBLISHED_ONLY:
            token = {"Authorization": "Bearer <token>"}
            yield Scenario(f"{one.name}-of-drafts", "preview", "GET", one.path, 404, token)
            continue
        for row in everywhere("preview", one):
            yield replace(row, headers={**row.headers, "Authorization": "Bearer <token>"})
        if one.name != "problem":
            yield Scenario(f"{one.name}-token-missing", "preview", "GET", one.path, 401)
    for name, headers in REFUSED:
        yield Scenario(name, "preview", "GET", "/documents/", 401, headers)
    # The page that a 401 links to is there for whoever got it.
    yield Scenario("problem-without-a-token", "preview", "GET", "/problems/token_required", 200)
    yield Scenario("unknown-without-a-token", "preview", "GET", "/documents/nowhere", 401)
    yield from OUTSIDE


SCENARIOS: Final = tuple(scenarios())
