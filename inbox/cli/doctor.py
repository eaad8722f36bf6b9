"""`parley doctor`: what is wrong on this machine and how to mend it."""

import asyncio
from collections.abc import AsyncIterator

import typer

from inbox.cli import checkup
from inbox.cli.checkup import Finding, Grade
from inbox.cli.terminal import out
from inbox.settings import Settings, load

COLOURS = {Grade.OK: "green", Grade.WARN: "yellow", Grade.FAIL: "red"}


def doctor() -> None:
    """Say what is wrong on this machine and how to mend it; exit code 1 on a failure."""
    worst = asyncio.run(_report(load()))
    raise typer.Exit(1 if worst is Grade.FAIL else 0)


async def _report(settings: Settings) -> Grade:
    worst = Grade.OK
    async for finding in _findings(settings):
        _tell(finding)
        if finding.grade is Grade.FAIL or worst is Grade.OK:
            worst = finding.grade
    return worst


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield checkup.python(settings)
    yield checkup.bot_environment(settings)
    yield checkup.model(settings)
    folder = checkup.folder(settings)
    yield folder
    for finding in (*checkup.secrets(settings), *checkup.spelling(settings)):
        yield finding
    yield await checkup.port(settings)
    if folder.grade is Grade.FAIL:
        return  # What follows needs the folder and would only say so again.
    store = await checkup.mongodb(settings)
    for finding in (*store, *await checkup.redis(settings)):
        yield finding
    yield await checkup.rasa(settings)
    if all(finding.grade is not Grade.FAIL for finding in store):
        async for finding in checkup.channels(settings):
            yield finding


def _tell(finding: Finding) -> None:
    grade = f"[{COLOURS[finding.grade]}]{finding.grade:4}[/]"
    out.print(f"{grade}  {finding.subject:14}", end="  ")
    out.print(finding.text, markup=False, soft_wrap=True)
    if finding.remedy:
        out.print(f"{'':22}{finding.remedy}", markup=False, soft_wrap=True)
