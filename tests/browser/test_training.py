"""A training that breaks off midway, as the page tells it: killed, cancelled, and outlived by its server."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.test_studio import a_studio
from tests.inbox.teaching.benches import a_bot_home, some_data
from tests.inbox.teaching.test_jobs import trainer
from tests.parley import Parley, running_parley, settings_for, until

LONG = 60_000


@pytest.fixture
async def parley(mongodb: str, tmp_path: Path) -> AsyncIterator[Parley]:
    """A Parley whose trainer, a real process, does as `domain.yml` says."""
    home, data = a_bot_home(tmp_path / "bot"), some_data(tmp_path / "nlu_data", "hangs")
    settings = settings_for(mongodb, tmp_path / "var", bot_home=home, nlu_data=data)
    async with running_parley(settings) as parley:
        yield parley


async def trains(page: Page, parley: Parley) -> Locator:
    """Ask for a training, and wait until it is midway."""
    await page.goto(f"{parley.url}/studio/models")
    await page.get_by_role("button", name="Train").click()
    job = page.locator(".job").first
    await expect(job.get_by_text("40 %")).to_be_visible(timeout=LONG)
    await expect(job.get_by_text("Running")).to_be_visible()
    return job


async def of(parley: Parley) -> str:
    """The id of the newest job."""
    return (await parley.parts.store.jobs.newest(1))[0].id


async def test_one_that_is_killed_says_so_and_is_begun_again(browser: Browser, parley: Parley) -> None:
    async with a_studio(browser, parley) as page:
        job = await trains(page, parley)
        os.kill(trainer(await of(parley)), signal.SIGKILL)
        await expect(job.get_by_role("alert")).to_contain_text("was killed (signal 9)", timeout=LONG)
        await expect(job.get_by_text("Failed")).to_be_visible()
        await expect(job.get_by_role("button", name="Cancel")).to_have_count(0)
        some_data(parley.settings.nlu_data)
        await page.get_by_role("button", name="Train").click()
        await expect(page.locator(".model")).to_have_count(1, timeout=LONG)
        await expect(page.locator(".joberror")).to_have_count(0)


async def test_one_that_is_cancelled_ends_its_process(browser: Browser, parley: Parley) -> None:
    async with a_studio(browser, parley) as page:
        job = await trains(page, parley)
        process = trainer(await of(parley))
        await job.get_by_role("button", name="Cancel").click()
        await expect(job.get_by_text("Cancelled")).to_be_visible(timeout=LONG)
        await expect(page.locator(".model")).to_have_count(0)
        await until(lambda: not Path(f"/proc/{process}").exists(), within=60)


async def test_one_whose_server_restarts_is_begun_anew_by_itself(browser: Browser, parley: Parley) -> None:
    async with a_studio(browser, parley) as page:
        await trains(page, parley)
        first = trainer(await of(parley))
        workshop = parley.parts.teaching.workshop
        await workshop.stop()
        await until(lambda: not Path(f"/proc/{first}").exists(), within=60)
        workshop.start()
        second = await until(lambda: trainer_or_none(parley, first), within=60)
        assert second != first
        await expect(page.locator(".job").first.get_by_text("Running")).to_be_visible(timeout=LONG)
        await page.reload()
        await expect(page.locator(".job")).to_have_count(1)
        await page.get_by_role("button", name="Cancel").click()
        await expect(page.get_by_text("Cancelled")).to_be_visible(timeout=LONG)


async def trainer_or_none(parley: Parley, but: int) -> int | None:
    """The process that trains now, if there is one beside that."""
    try:
        found = trainer(await of(parley))
    except AssertionError:
        return None
    return found if found != but else None
