"""A provider and a deployment beside it, for the tests of a file; without Node.js the files are left out."""

from collections.abc import AsyncIterator, Iterator

import pytest

from conftest import skips_fail
from support.authority import ROOT
from support.federation import Federation, federation
from support.postgres import Database
from support.programme import Programme, programme
from support.provider import Provider, has_node, provider

# `make test` says which packages are missing (requirements/debian); where nothing may be left out the tests fail.
collect_ignore_glob = [] if has_node() or skips_fail() else ["test_*.py"]


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    """The provider."""
    with provider(ROOT) as made:
        yield made


@pytest.fixture(scope="module")
async def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Programme]:
    """The world `multi-partner`."""
    async with programme(module_database, tmp_path_factory.mktemp("identity")) as made:
        yield made


@pytest.fixture(scope="module")
async def desk(here: Programme, there: Provider) -> AsyncIterator[Federation]:
    """A deployment whose people sign in at the provider."""
    async with federation(here, there) as made:
        yield made
