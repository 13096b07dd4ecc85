"""Every engine keeps the contract, and so does the oracle that other tests rely on."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from content_repo import Repository, Side
from search_index import SearchIndex, WhooshIndex
from tests.search_index.content import AGES
from tests.search_index.contract import IndexContract, Make
from tests.search_index.fts5 import Fts5Index
from tests.search_index.language_contract import LanguageContract
from tests.search_index.oracle import OracleIndex


class TestWhooshIndex(IndexContract, LanguageContract):
    @pytest.fixture
    def make(self, repository: Repository, tmp_path: Path) -> Make:
        def make(side: Side) -> SearchIndex:
            return WhooshIndex(tmp_path / side.value, side, repository, wait=AGES)

        return make


class TestPlainWhooshIndex(IndexContract, LanguageContract):
    """The same without columns: entries are looked at one by one."""

    @pytest.fixture
    def make(self, repository: Repository, tmp_path: Path) -> Make:
        def make(side: Side) -> SearchIndex:
            return WhooshIndex(tmp_path / side.value, side, repository, wait=AGES, columns=False)

        return make


class TestFts5Index(IndexContract, LanguageContract):
    @pytest.fixture
    def make(self, repository: Repository, tmp_path: Path) -> Make:
        def make(side: Side) -> SearchIndex:
            return Fts5Index(tmp_path / side.value, side, repository, wait=AGES)

        return make


class TestOracleIndex(IndexContract):
    @pytest.fixture
    def make(self, repository: Repository) -> Make:
        def make(side: Side) -> SearchIndex:
            # Spelling, completion and highlights are judged by their own tests.
            return cast(SearchIndex, OracleIndex(side, repository))

        return make
