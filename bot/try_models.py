"""Let models be tried: `python try_models.py --socket PATH`. For the studio's tab Try it.

Takes a JSON object a line on a Unix socket and answers one a line: `{"model", "data", "conversation",
"said", "kind", "language", "want": "turns" | "steps"}` is answered by `{"model", "turns"}`,
`{"model", "steps"}` or `{"error"}`. Custom actions are run only if they say that they are harmless; nothing
is stored.
"""

from __future__ import annotations

import light  # noqa: F401 - before anything of Rasa's
import quiet  # noqa: F401

import argparse
import asyncio
import json
import logging
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

LONGEST = 1 << 20
LOADED = 2
"""Models at once in memory: the one on trial and the live one."""

log = logging.getLogger("parley.try")


def main() -> int:
    """Listen until told to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    options = parser.parse_args()
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    logging.basicConfig(level=logging.WARNING, force=True, stream=sys.stderr)
    asyncio.run(serve(options.socket))
    return 0


async def serve(path: Path) -> None:
    """Answer on the socket, for ever."""
    import fired
    import harmless

    fired.install()
    harmless.install()
    bench = Bench()
    server = await asyncio.start_unix_server(bench.answer, path, limit=LONGEST)
    await server.serve_forever()


class Bench:
    """The models that were asked for last, one question at a time."""

    def __init__(self) -> None:
        self._models: OrderedDict[tuple[str, str | None], Any] = OrderedDict()
        self._alone = asyncio.Lock()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question, one answer."""
        try:
            asked = json.loads(await reader.readline())
            async with self._alone:
                found = await self._found(asked)
        except Exception as error:
            log.exception("A trial failed.")
            found = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:400]}"}
        writer.write(json.dumps(found).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def _found(self, asked: dict[str, Any]) -> dict[str, Any]:
        trial = await self._loaded(asked["model"], asked.get("data"))
        want = "steps" if asked.get("want") == "steps" else "turns"
        return {"model": trial.about, want: await getattr(trial, want)(asked)}

    async def _loaded(self, model: str, data: str | None) -> Any:
        from trial import Trial

        key = (model, data)
        if key not in self._models:
            while len(self._models) >= LOADED:
                self._models.popitem(last=False)
            loop = asyncio.get_running_loop()
            folder = Path(data) if data else None
            self._models[key] = await loop.run_in_executor(None, Trial, Path(model), folder)
        self._models.move_to_end(key)
        return self._models[key]


if __name__ == "__main__":
    sys.exit(main())
