"""The sites that are asked, and the mounts that they are asked at."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.exchange.sites import write
from tests.operations.processes import ROOT
from tests.oracle import small_site
from tests.oracle.naive import Mount

CORPUS: Final = ROOT.parent / "shared" / "corpus" / "devsite.tar.xz"


@dataclass(frozen=True, slots=True)
class Sample:
    """A site: how it is written to a folder, and the folders of its pages and of one locale."""

    write: Callable[[Path], Path]
    pages: str
    inner: str

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The published and the draft side, each as a whole and of a folder within."""
        return (
            Mount("/site/api"),
            Mount("/preview/api", shows_drafts=True),
            Mount("/inner/api", self.inner),
            Mount("/pages/api", self.pages, shows_drafts=True, default_locale="ja"),
        )


def _small(folder: Path) -> Path:
    return write(folder, small_site.files())


def _devsite(folder: Path) -> Path:
    with tarfile.open(CORPUS) as archive:
        archive.extractall(folder, filter="data")
    return folder / "devsite"


#: By name; a site in use may lie beside the project, and is among them where it does.
SAMPLES: Final = {"small": Sample(_small, "pages", "pages/en")} | (
    {"devsite": Sample(_devsite, "site/content", "site/content/en")} if CORPUS.exists() else {}
)
