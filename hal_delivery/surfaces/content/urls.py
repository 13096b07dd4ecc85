"""The addresses of this surface: the only place that joins them.

All are absolute, below one mount's base.  Names are percent-encoded; blanks and
other scripts come out as UTF-8, slashes within a name never occur.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from content_repo.model import Kind, Node, Place
from hal_delivery.services.delivery import file_name
from hal_delivery.web.vocabulary import Parameter

DOCUMENTS: Final = "documents"

#: First segments that no document type is served under by its short name alone.
#: Some are spoken for by what this surface will answer one day.
RESERVED: Final = (
    DOCUMENTS, "folders", "resourcebundles", "taxonomies", "assets", "types", "tree", "suggest",
    "changes", "releases", "bulk", "rels", "problems", "docs", "api-docs", "openapi.json",
    "sitemap.xml", "auth", "users", "roles", "keys", "redirects", "webhooks", "jobs",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses below *base*, the mount's absolute address without a slash at its end."""

    base: str

    def home(self) -> str:
        return f"{self.base}/"

    def collection(self, segment: str) -> str:
        """A list: ``documents``, ``folders`` or a type's name."""
        return f"{self.base}/{_quoted(segment)}/"

    def item(self, segment: str, id: str) -> str:
        """A node by its id, below the collection it was asked in."""
        return f"{self.base}/{_quoted(segment)}/{id}"

    def document(self, id: str) -> str:
        return self.item(DOCUMENTS, id)

    def source(self, id: str) -> str:
        """The file that a document came from."""
        return f"{self.document(id)}/source"

    def folder(self, id: str) -> str:
        return self.item("folders", id)

    def bundle(self, basename: str, locale: str | None = None) -> str:
        address = f"{self.base}/resourcebundles/{_quoted(basename)}"
        return address if locale is None else f"{address}/{_quoted(locale)}"

    def taxonomy(self, name: str) -> str:
        return f"{self.base}/taxonomies/{_quoted(name)}"

    def category(self, taxonomy: str, key: str) -> str:
        return f"{self.taxonomy(taxonomy)}/categories/{_quoted(key)}"

    def category_documents(self, taxonomy: str, key: str) -> str:
        return f"{self.category(taxonomy, key)}/documents"

    def asset(self, id: str) -> str:
        return self.item("assets", id)

    def asset_bytes(self, asset: Node) -> str:
        """Holds the digest: other bytes have another address."""
        name = _quoted(file_name(asset))
        return f"{self.asset(asset.id)}/bytes/{asset.fields['digest']}/{name}"

    def type(self, name: str) -> str:
        return f"{self.base}/types/{_quoted(name)}"

    def tree(self) -> str:
        return f"{self.base}/tree"

    def suggest(self) -> str:
        return f"{self.base}/suggest"

    def sitemap(self) -> str:
        return f"{self.base}/sitemap.xml"

    def relation(self, name: str) -> str:
        return f"{self.base}/rels/{name}"

    def node(self, place: Node | Place) -> str:
        """Any node, in the collection of its kind."""
        match place.kind:
            case Kind.BUNDLE:
                return self.bundle(place.key or place.id)
            case Kind.TAXONOMY:
                return self.taxonomy(place.key or place.id)
            case Kind.FOLDER:
                return self.folder(place.id)
            case Kind.ASSET:
                return self.asset(place.id)
            case _:
                return self.document(place.id)


def template(address: str, *parameters: Parameter, variable: str = "") -> str:
    """*address* as a URI template (RFC 6570) that takes *parameters*.

    *variable* is expanded in the path before them: ``{+path}`` keeps slashes.
    """
    names = ",".join(one.name for one in parameters)
    return f"{address}{variable}{{?{names}}}" if names else f"{address}{variable}"


def parts(whole: str, relation: str) -> str:
    """What the addresses begin with of what is embedded at *whole* only, before its number: a
    JSON Pointer (RFC 6901) into that.

    >>> parts(parts("/list?_q=a", "facets") + "0", "values") + "2"
    '/list?_q=a#/_embedded/facets/0/_embedded/values/2'
    """
    return f"{whole}{'' if '#' in whole else '#'}/_embedded/{relation}/"


@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    return quote(name, safe="-._~!$&'()*+,;=:@")
