"""What many tests need: a real MongoDB, a running Parley, a real browser."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.async_api import Browser, async_playwright

from inbox.settings import Settings
from inbox.store import Store
from tests.mongo import running_mongod
from tests.parley import Parley, running_parley, settings_for
from tests.stores import an_empty_store, emptied

# A busy machine is no fault of an example. CI tries the same examples each time, so that what fails there
# is the change; developers' runs look for new ones.
hypothesis_settings.register_profile("parley", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("ci", hypothesis_settings.get_profile("parley"), derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "parley")


@pytest.fixture(scope="session")
async def mongodb() -> AsyncIterator[str]:
    """The address of a real MongoDB for the whole session."""
    async for uri in running_mongod():
        yield uri


@pytest.fixture(scope="session")
async def shared_store(mongodb: str) -> AsyncIterator[Store]:
    """One database for all tests that need no more than a store.

    Making its indexes takes longer than most of them, and MongoDB keeps the files of a database that was
    dropped open for a while: with one for each test it came to an end of them.
    """
    async with an_empty_store(mongodb) as store:
        yield store


@pytest.fixture
async def store(shared_store: Store) -> Store:
    """A store of one's own, emptied of what the test before left."""
    return await emptied(shared_store)


@pytest.fixture
def settings(mongodb: str, tmp_path: Path) -> Settings:
    """Settings of a Parley of one's own, on a database of its own."""
    return settings_for(mongodb, tmp_path)


@pytest.fixture
async def parley(settings: Settings) -> AsyncIterator[Parley]:
    """A Parley that serves on a free port, with the sample channels, an admin and a scripted bot."""
    async with running_parley(settings) as parley:
        yield parley


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        await browser.close()


def chromium() -> str | None:
    """Debian's Chromium if it is there; else None, and Playwright takes its own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
