"""A reader of HAL that is given one address and goes wherever the answers let it.

It knows HAL and URI templates (RFC 6570), and nothing of how this service names its addresses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urldefrag

import uritemplate

HAL: Final = "application/hal+json"

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one address answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]

    @property
    def is_hal(self) -> bool:
        return self.status == 200 and self.media_type == HAL

    @property
    def resource(self) -> Resource:
        """The resource that the answer as a whole is."""
        read: Resource = json.loads(self.body)
        return read


@dataclass(frozen=True, slots=True)
class Link:
    """A link, and the answer that it stood in."""

    answer: str
    relation: str
    properties: Mapping[str, Any]

    @property
    def href(self) -> str:
        return str(self.properties["href"])

    @property
    def is_template(self) -> bool:
        return self.properties.get("templated") is True


@dataclass(frozen=True, slots=True)
class Met:
    """A resource, the answer that it stood in, and the relation that embedded it, if any did."""

    answer: str
    relation: str | None
    resource: Resource

    @property
    def links(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.resource["_links"]
        return found

    @property
    def url(self) -> str:
        """Where it says it is."""
        return str(self.links["self"]["href"])


def each(value: Any) -> list[Any]:
    """One object, or all of an array of them."""
    return value if isinstance(value, list) else [value]


def resources(answer: Answer) -> Iterator[Met]:
    """The resource that an answer is, and all that it embeds, at any depth."""

    def walk(relation: str | None, resource: Resource) -> Iterator[Met]:
        yield Met(answer.url, relation, resource)
        for name, embedded in resource.get("_embedded", {}).items():
            for one in each(embedded):
                yield from walk(name, one)

    yield from walk(None, answer.resource)


def objects(value: Any) -> Iterator[Resource]:
    """All objects within *value*, itself among them."""
    if isinstance(value, list):
        for one in value:
            yield from objects(one)
    elif isinstance(value, dict):
        yield value
        for one in value.values():
            yield from objects(one)


def nested(value: Any) -> Iterator[Resource]:
    """All objects with links of their own within *value*, embedded or not."""
    return (one for one in objects(value) if "_links" in one)


def relations(value: Any) -> set[str]:
    """All relations within *value*, of links and of what is embedded."""
    return {
        name
        for one in objects(value)
        for part in ("_links", "_embedded")
        for name in one.get(part, ())
    }


def ways(
    names: Sequence[str], asked: Mapping[str, Sequence[str]], needs: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """How parameters of these *names* are given: all together, not at all, and each alone.

    Each has the first value that it is *asked* with.  What *needs* another one is given
    with it.
    """
    every = {name: asked[name][0] for name in names}
    yield every
    yield {}
    for name in names:
        yield {one: every[one] for one in (name, needs.get(name)) if one in every}


def further_ways(
    names: Sequence[str], asked: Mapping[str, Sequence[str]], needs: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Besides: all but each, without what *needs* it; and each with its other values."""
    every = {name: asked[name][0] for name in names}
    for name in names:
        yield {one: every[one] for one in names if name not in (one, needs.get(one))}
        company = {one: every[one] for one in (needs.get(name),) if one in every}
        yield from ({**company, name: value} for value in asked[name][1:])


@dataclass(slots=True)
class Crawl:
    """Everything that was reached from one entry point."""

    base: str
    fetch: Callable[[str], Answer]
    answers: dict[str, Answer] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def entry_point(self) -> str:
        return f"{self.base}/"

    def follow(self, addresses: Iterable[str]) -> None:
        """Ask at *addresses*, and wherever the answers link to, each place once."""
        waiting = list(addresses)
        while waiting:
            url = urldefrag(waiting.pop()).url
            if url in self.answers:
                continue
            answer = self.answers[url] = self.fetch(url)
            if answer.is_hal:
                waiting += [one.href for one in self._read(answer) if not one.is_template]

    def _read(self, answer: Answer) -> list[Link]:
        self.met += resources(answer)
        found = [
            Link(answer.url, relation, link)
            for holder in nested(answer.resource)
            for relation, links in holder["_links"].items()
            for link in each(links)
        ]
        self.links += found
        return found

    def expand(
        self,
        known: Mapping[str, Iterable[str]],
        asked: Mapping[str, Sequence[str]],
        needs: Mapping[str, str],
    ) -> None:
        """Follow every template.

        *known* has the values for what stands in the path of each; *asked* has some for each
        parameter, and *needs* those that mean something beside another one only. Of templates
        that have the same variables, one is expanded in further ways.
        """
        varied: set[tuple[str, ...]] = set()
        for href in sorted({one.href for one in self.links if one.is_template}):
            template = uritemplate.URITemplate(href)
            optional = [name for name in template.variable_names if name in asked]
            required = [name for name in template.variable_names if name not in asked]
            choices = list(ways(optional, asked, needs))
            if tuple(template.variable_names) not in varied:
                choices += further_ways(optional, asked, needs)
                varied.add(tuple(template.variable_names))
            paths: list[dict[str, str]] = [{}]
            if required:
                (name,) = required
                paths = [{name: value} for value in sorted(known[href])]
            self.follow(
                template.expand({}, **path, **choice)
                # All ways of asking at one place; elsewhere only the plain one.
                for place, path in enumerate(paths)
                for choice in (choices if place == 0 else [{}])
            )

    def whole(self) -> Iterator[tuple[Answer, Resource]]:
        """Every answer that is a resource."""
        for answer in self.answers.values():
            if answer.is_hal:
                yield answer, answer.resource

    def answer(self, url: str) -> Answer:
        """What *url* answered; a fragment does not matter to a server."""
        return self.answers[urldefrag(url).url]

    def at(self, url: str) -> Resource:
        """The resource that answered at *url*; with a fragment, the part that it points at."""
        found: Any = self.answer(url).resource
        # A JSON Pointer (RFC 6901).
        for step in unquote(urldefrag(url).fragment).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found[int(name) if isinstance(found, list) else name]
        part: Resource = found
        return part


def header_links(value: str) -> list[tuple[str, str]]:
    """The relations and targets of a Link header (RFC 8288)."""
    found = re.findall(r'<([^<>"\s]*)>\s*((?:;\s*[\w*]+="[^"]*"\s*)*)(?:,\s*|$)', value)
    relations = [(re.findall(r'rel="([^"]*)"', rest), target) for target, rest in found]
    return [(relation, target) for (relation,), target in relations]
