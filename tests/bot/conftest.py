"""A backbone over a real database, with a simple `Think` and a carrier that only remembers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine
from tests.fakes.backbone import Backbone, backbone

Build = Callable[..., AbstractAsyncContextManager[Backbone]]


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def build(engine: AsyncEngine) -> Build:
    """`async with build(burst_seconds=…) as backbone`."""

    @asynccontextmanager
    async def make(**options: object) -> AsyncIterator[Backbone]:
        async with backbone(engine, **options) as made:  # type: ignore[arg-type]
            yield made

    return make
