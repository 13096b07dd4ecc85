"""Whatever is asked of lists, the answer is that of a reading of the files without an index.

A small site in seven languages is there in any case; a real one of 2,960 files may lie
beside the project, and is asked as well where it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

import pytest

from tests.oracle import files
from tests.oracle.naive import Answer, Request, Site
from tests.oracle.requests import Asker
from tests.oracle.served import served
from tests.oracle.sites import SAMPLES

#: How many requests each site is asked, and by which seed.
ASKED: Final = {"small": (120, 1), "devsite": (500, 2)}

#: How many are answered without columns as well.
WITHOUT_COLUMNS: Final = 100

#: How many requests are refined, and by how many values of their facets.
REFINED: Final = 25
LINKS: Final = 12

#: How many of the requests that differ are told in full.
_TOLD: Final = 5


# Reading and importing the larger site takes a while on a slow machine.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAMPLES)
def test_answers_are_those_of_the_files(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Documents, order, totals and facets of random requests are those of a naive reading."""
    number, seed = ASKED[name]
    with served(name, tmp_path_factory.getbasetemp()) as service:
        site = Site(files.pages(service.folder))
        assert service.ids().keys() == {page.path for page in site.pages}
        differing = [
            told
            for request in Asker(site, SAMPLES[name].mounts, seed).requests(number)
            if (told := _difference(request, site.answer(request), service.answer(request)))
        ]
    assert not differing, "\n\n".join([f"{len(differing)} of {number} differ", *differing[:_TOLD]])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAMPLES)
def test_answers_are_the_same_without_columns(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same comes out where the index looks at its entries one by one."""
    folder = tmp_path_factory.getbasetemp()
    with served(name, folder) as fast, served(name, folder, columns=False) as slow:
        site = Site(files.pages(fast.folder))
        differing = [
            told
            for request in Asker(site, SAMPLES[name].mounts, seed=4).requests(WITHOUT_COLUMNS)
            if (told := _difference(request, slow.answer(request), fast.answer(request)))
        ]
    assert not differing, "\n\n".join(differing[:_TOLD])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAMPLES)
def test_links_of_facets_find_what_was_counted(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However a list is narrowed, each value's link finds as many as the facet has counted."""
    with served(name, tmp_path_factory.getbasetemp()) as service:
        site = Site(files.pages(service.folder))
        asker = Asker(site, SAMPLES[name].mounts, seed=3)
        some = [one for one in asker.requests(REFINED * 4) if one.facets][:REFINED]
        found = [link for one in some for link in islice(service.refined(one), LINKS)]

    assert len(found) > REFINED
    assert [one for one in found if one[2] != one[3]] == []


def _difference(request: Request, expected: Answer, found: Answer) -> str:
    """The request, both answers and where they first differ; nothing where they agree."""
    if expected == found:
        return ""
    asked = request.parameters({path: path for path in request.ids})
    return "\n".join(
        (
            f"{request.mount.base}/{request.type or 'documents'}/ {asked}",
            f"  expected {expected.total}: {_cut(expected.paths)}",
            f"  found    {found.total}: {_cut(found.paths)}",
            f"  first difference: {_first(expected, found)}",
        )
    )


def _first(expected: Answer, found: Answer) -> str:
    if expected.total != found.total:
        return f"total {expected.total}, but {found.total}"
    for number, (one, other) in enumerate(zip(expected.paths, found.paths, strict=False)):
        if one != other:
            return f"item {number}: {one!r}, but {other!r}"
    if len(expected.paths) != len(found.paths):
        return f"{len(expected.paths)} items, but {len(found.paths)}"
    name = next(name for name in expected.facets if expected.facets[name] != found.facets.get(name))
    return f"facet {name}: {expected.facets[name]}, but {found.facets.get(name)}"


def _cut(paths: Sequence[str]) -> str:
    return ", ".join(paths[:4]) + (" …" if len(paths) > 4 else "")
