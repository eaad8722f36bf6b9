"""What events cost an agent's page whose list holds thousands, and whether it keeps its frames meanwhile.

`python -m benchmarks.frames [--stored N] [--rate N] [--seconds N]`

The page's processor time is that of its main thread, which a busy machine does not inflate much; the frames
are what Chromium showed, and mean something only on a machine that has a core to spare. The bound is a page
at rest.
"""

import argparse
import asyncio
import json
import time
from typing import Any

import aiohttp
import uvloop
from playwright.async_api import CDPSession, Page, async_playwright

from benchmarks.ingest import webhooks
from benchmarks.stage import PHONE_NUMBER, Cloud, Stage, a_stage, percentile, table, unwrapped
from tests.conftest import chromium
from tests.parley import ScriptedBot, answer

_CONTACTS = 500
_SPENT = {
    "script": "ScriptDuration",
    "layout": "LayoutDuration",
    "style": "RecalcStyleDuration",
    "all": "TaskDuration",
}
_WATCH = """() => {
  window.frames_ = []; window.tasks_ = [];
  let last = performance.now();
  const frame = (at) => { window.frames_.push(at - last); last = at; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((l) => window.tasks_.push(...l.getEntries().map((e) => e.duration)))
    .observe({ type: "longtask" });
}"""
_TAKE = (
    "() => { const f = [window.frames_, window.tasks_]; window.frames_ = []; window.tasks_ = []; return f; }"
)


async def spent(devtools: CDPSession) -> dict[str, float]:
    """Seconds that the page's main thread has worked, by kind."""
    told = {m["name"]: m["value"] for m in (await devtools.send("Performance.getMetrics"))["metrics"]}
    return {kind: told[name] for kind, name in _SPENT.items()}


async def scrolled(page: Page, rows: int) -> int:
    """Read on until so many rows are held, or all there are; then back to the top. How many."""
    held = 0
    while held < rows:
        await page.evaluate(
            "() => { const l = document.getElementById('rows'); l.scrollTop = l.scrollHeight; }"
        )
        more = page.locator("#rows .more")
        if await more.count() == 0:
            break
        await asyncio.sleep(0.2)
        held = int(
            await page.evaluate("() => +[...document.querySelectorAll('#rows li')].at(-1).ariaPosInSet")
        )
    await page.evaluate("() => { document.getElementById('rows').scrollTop = 0; }")
    return held


async def pour(http: aiohttp.ClientSession, port: int, options: argparse.Namespace) -> int:
    """So many webhooks a second; how many."""
    count = options.rate * options.seconds
    load = [
        unwrapped(raw)
        for raw in webhooks(port, "/hooks/whatsapp", messages=count, contacts=_CONTACTS, run=f"f{port}")
    ]
    url = f"http://127.0.0.1:{port}/hooks/whatsapp"
    clock, posts = asyncio.get_running_loop().time, []
    began = clock()

    async def post(headers: dict[str, str], body: bytes) -> None:
        status = 503
        while status == 503:  # as a provider does
            async with http.post(url, data=body, headers=headers) as done:
                status = done.status
        assert status == 200, status

    for number, (headers, body) in enumerate(load):
        await asyncio.sleep(max(0.0, began + number / options.rate - clock()))
        posts.append(asyncio.create_task(post(headers, body)))
    await asyncio.gather(*posts)
    return count


async def measure(stage: Stage, options: argparse.Namespace) -> list[tuple[str, dict[str, Any]]]:
    """The page at rest, and while events pour in."""
    found: list[tuple[str, dict[str, Any]]] = []
    (headers,) = await stage.agents(1)
    name, _, value = headers["Cookie"].partition("=")
    async with stage.serving() as (port, _pid), aiohttp.ClientSession() as http, async_playwright() as player:
        browser = await player.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        url = f"http://127.0.0.1:{port}"
        await context.add_cookies([{"name": name, "value": value, "url": url}])
        page = await context.new_page()
        await page.goto(f"{url}/?tab=all")
        await page.locator("#tab-all").click()
        await page.locator("#rows li").first.wait_for(timeout=120_000)
        rows = await scrolled(page, options.rows)
        devtools = await context.new_cdp_session(page)
        await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        await page.evaluate(_WATCH)
        for kind in ("at rest", f"{options.rate} events a second"):
            await page.evaluate(_TAKE)
            before, began = await spent(devtools), time.perf_counter()
            if kind == "at rest":
                await asyncio.sleep(options.seconds)
            else:
                await pour(http, port, options)
            after, took = await spent(devtools), time.perf_counter() - began
            frames, tasks = await page.evaluate(_TAKE)
            parts = {part: after[part] - before[part] for part in _SPENT}
            told = {**parts, "frames": frames, "tasks": tasks, "took": took}
            found.append((f"{rows:,} rows, {kind}", told))
        await browser.close()
    return found


async def main(options: argparse.Namespace) -> None:
    """Measure and print."""
    cloud = Cloud(lambda body: None)
    async with a_stage(options.stored) as stage, cloud.open():
        bot = ScriptedBot(stage.settings)
        bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
        await bot.start()
        await stage.add_whatsapp("whatsapp", PHONE_NUMBER, cloud.url)
        found = await measure(stage, options)
        await bot.stop()
    rows = []
    for name, each in found:
        events = options.rate * options.seconds
        parts = [f"{each[part] / events * 1000:.2f}" for part in _SPENT]
        late = sum(frame > 25 for frame in each["frames"])
        share = f"{each['all'] / each['took']:.0%}"
        frames = f"{len(each['frames']) / each['took']:.0f}"
        high = f"{percentile(each['frames'], 0.95):.0f} ms"
        rows.append([name, *parts, share, frames, high, str(late), str(len(each["tasks"]))])
    head = ["a page", *(f"{part}, ms an event" for part in _SPENT), "of a core", "frames a second"]
    table([*head, "p95 between two", "later than 25 ms", "tasks over 50 ms"], rows)
    each = found[-1][1]
    print(json.dumps({"figure": each["all"] / each["took"] * 1000 / 60, "unit": "ms of work for a frame"}))
    print(f"ratio: {found[0][1]['all'] / each['all']:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=30_000, help="conversations; a tenth of them is open")
    parser.add_argument("--rows", type=int, default=2_500, help="how many the page's list holds")
    parser.add_argument("--rate", type=int, default=100, help="messages a second")
    parser.add_argument("--seconds", type=int, default=20)
    uvloop.run(main(parser.parse_args()))
