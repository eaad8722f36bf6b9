"""Parsing many conversations' messages at once, away from the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

MAX_BATCH = 32

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

log = logging.getLogger("parley.batches")


class Batches(Generic[Asked, Answered]):
    """What is asked while one batch is worked on goes into the next; nothing waits to fill one up."""

    def __init__(self, work: Callable[[list[Asked]], list[Answered]], name: str) -> None:
        """`work` answers a list in its order; it runs in a thread of ours, one batch at a time.

        An answer that is an exception is raised at whoever asked for it.
        """
        self._work = work
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: list[tuple[Asked, asyncio.Future[Answered]]] = []
        self._is_working = False

    async def ask(self, what: Asked) -> Answered:
        """The answer to `what`. Raises what the work on it alone raises."""
        done: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append((what, done))
        if not self._is_working:
            self._is_working = True
            # Next in the loop: turns that became ready in this round are still to ask.
            asyncio.get_running_loop().call_soon(self._start)
        return await done

    def close(self) -> None:
        """End the thread. What is asked all the same is answered in another."""
        self._thread.shutdown(wait=False)

    def _start(self) -> None:
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        if not batch:
            self._is_working = False
            return
        loop = asyncio.get_running_loop()
        questions = [asked for asked, _ in batch]
        try:
            working = loop.run_in_executor(self._thread, self._answers, questions)
        except RuntimeError:  # closed: a slow turn of the former model
            working = loop.run_in_executor(None, self._answers, questions)
        working.add_done_callback(lambda answers: self._tell(batch, answers.result()))

    def _tell(
        self, batch: list[tuple[Asked, asyncio.Future[Answered]]], answers: list[Answered | Exception]
    ) -> None:
        for (_, done), answer in zip(batch, answers, strict=True):
            if done.done():  # whoever asked has gone
                continue
            if isinstance(answer, Exception):
                done.set_exception(answer)
            else:
                done.set_result(answer)
        self._start()

    def _answers(self, asked: list[Asked]) -> list[Answered | Exception]:
        """All at once; if that fails one by one, so that a message nobody can parse fails alone."""
        try:
            return list(self._work(asked))
        except Exception as error:
            if len(asked) == 1:
                return [error]
            log.warning("A batch of %d failed (%s); again one by one.", len(asked), type(error).__name__)
        return [answer for one in asked for answer in self._answers([one])]
