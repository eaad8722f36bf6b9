"""Parsing many conversations' messages at once, away from the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

MAX_BATCH = 32

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
Work = Callable[[], None]

log = logging.getLogger("parley.batches")


class Batches(Generic[Asked, Answered]):
    """What is asked while one batch is worked on goes into the next; nothing waits to fill one up."""

    def __init__(self, work: Callable[[list[Asked]], list[Answered]], name: str) -> None:
        """`work` answers a list in its order; it runs in a thread of ours, one batch at a time.

        An answer that is an exception is raised at whoever asked for it.
        """
        self._work = work
        self._name = name
        self._jobs: SimpleQueue[Work | None] | None = None
        self._is_closed = False
        self._waiting: list[tuple[Asked, asyncio.Future[Answered]]] = []
        self._is_working = False

    async def ask(self, what: Asked) -> Answered:
        """The answer to `what`. Raises what the work on it alone raises."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Answered] = loop.create_future()
        self._waiting.append((what, done))
        if not self._is_working:
            self._is_working = True
            # Next in the loop: turns that became ready in this round are still to ask.
            loop.call_soon(self._start)
        return await done

    def close(self) -> None:
        """End the thread. What is asked all the same is answered in another."""
        self._is_closed = True
        if self._jobs is not None:
            self._jobs.put(None)
            self._jobs = None

    def _start(self) -> None:
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        if not batch:
            self._is_working = False
            return
        loop = asyncio.get_running_loop()

        def work() -> None:
            answers = self._answers([asked for asked, _ in batch])
            try:
                loop.call_soon_threadsafe(self._tell, batch, answers)
            except RuntimeError:
                log.debug("Nobody is there any more to be answered.")

        if self._is_closed:  # a slow turn of the former model
            loop.run_in_executor(None, work)
            return
        if self._jobs is None:
            self._jobs = begun(self, self._name)
        self._jobs.put(work)

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


def begun(owner: object, name: str) -> SimpleQueue[Work | None]:
    """Where a new thread takes its work from, in order. It ends at None, and with its owner.

    An executor does the same with a lock and a future more for each job, which is as much as some jobs cost.
    """
    jobs: SimpleQueue[Work | None] = SimpleQueue()
    threading.Thread(target=_work_off, args=(jobs,), name=name, daemon=True).start()
    weakref.finalize(owner, jobs.put, None)
    return jobs


def _work_off(jobs: SimpleQueue[Work | None]) -> None:
    while True:
        job = jobs.get()
        if job is None:
            return
        job()
        del job  # and with it the model that it was for
