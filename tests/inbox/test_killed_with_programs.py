"""Killed before each thing that lasts: programs are told, people are invited, models are made."""

import hashlib
import io
import json
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest

from connectors.outside import NotCalled
from inbox.actions import converse, groups, invitations, roles, webhooks
from inbox.actions.audit import nobody
from inbox.actions.errors import AlreadyThere
from inbox.actions.people import add_user
from inbox.actions.webhooks import Wish
from inbox.dispatching import Dispatching
from inbox.model.people import OPERATOR, Role, User
from inbox.model.secrets import Vault
from inbox.model.training import JobKind, JobState, ModelVersion, Person
from inbox.model.webhook import EVENTS
from inbox.store import Store
from inbox.store.training import BytesLost
from inbox.teaching import publishing
from inbox.teaching.asking import Teaching, ask_for
from inbox.teaching.bench import bench
from inbox.telling import Telling
from tests.inbox.dying import lives
from tests.inbox.factories import Clock, an_agent
from tests.inbox.office import Office
from tests.inbox.teaching.benches import a_bot_home, some_data
from tests.parley import settings_for
from tests.stores import emptied

VAULT = Vault("k" * 40)
DORA = an_agent("Dora", Role.DESIGNER)
ADA = Person("u1", "Ada")


class Hearer:
    """Another program, as far as calls go: what it was told by each id, and whether it answers well."""

    reaches_inside = True

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.is_well = True

    def check(self, url: str) -> str:
        return url

    async def call(self, method: str, url: str, *, headers: Any, body: bytes, limit: int) -> Any:
        self.heard.append((headers["webhook-id"], body))
        if not self.is_well:
            raise NotCalled("It did not answer.")
        return type("Answer", (), {"status": 200, "is_success": True})


async def test_a_program_is_told_of_everything_at_least_once_and_by_one_id(store: Store) -> None:
    hearer, whole = Hearer(), set[str]()

    async def tells(office: Office) -> None:
        """As the two workers do it: what happened is queued, and what is queued is posted."""
        await Telling(office.desk, VAULT, lambda _: None).step()
        posting = Dispatching(office.store, office.clock, VAULT, hearer)  # type: ignore[arg-type]
        for due in sorted(await office.store.deliveries.due(office.clock(), 100)):
            await posting.deliver(due)

    async for life in lives(store):
        office, hearer.heard = Office(await emptied(store)), []
        admin, wish = an_agent("Admin", Role.ADMIN), Wish("https://example.com/hear", sorted(EVENTS))
        given = webhooks.Office(office.desk, VAULT, hearer)  # type: ignore[arg-type]
        await webhooks.add(given, admin, wish)
        office.clock.forward(seconds=30)
        conversation = await office.hears("Hello", "Is anybody there?")
        await converse.take_over(office.desk, conversation.id, admin, epoch=conversation.speaker.epoch)
        await life.does(tells(office.another(life.store)))
        office.clock.forward(seconds=90)
        await converse.resolve(office.desk, conversation.id, admin)
        for _ in range(2):
            await tells(office)
            office.clock.forward(seconds=90)
        told = dict(hearer.heard)
        assert all(told[key] == body for key, body in hearer.heard), f"{life}: another body by the same id"
        found = {_named(body) for body in told.values()}
        whole = whole or found
        assert found == whole, life
        last = max(map(json.loads, told.values()), key=lambda each: each["order"]["rev"])
        assert last["data"]["conversation"]["status"] == "resolved", life
        assert not await office.store.deliveries.list({"state": "waiting"}), life


def _named(body: bytes) -> str:
    """What an event tells of: a message by its place, a conversation as a whole."""
    told = json.loads(body)
    kind, _, _ = told["type"].partition(".")
    return f"{kind} {told['order']['seq']}" if kind == "message" else kind


async def test_an_invitation_makes_one_account_whoever_died_over_it(store: Store) -> None:
    async def invites(at: Store, clock: Clock) -> str:
        secret, _ = await invitations.invite(
            OPERATOR, email="ada@example.com", role="agent", store=at, clock=clock
        )
        return secret

    async def joins(secret: str, at: Store, clock: Clock) -> None:
        given = {"name": "Ada", "password": "correct horse battery"}
        await invitations.accept(secret, nobody(""), **given, store=at, clock=clock)

    async def all_of_it(at: Store, clock: Clock) -> None:
        await invites(at, clock)
        await joins(await invites(at, clock), at, clock)  # the first link was lost on its way

    async for life in lives(store):
        there, clock = await emptied(store), Clock()
        await life.does(all_of_it(life.store, clock))
        with suppress(AlreadyThere):
            await joins(await invites(there, clock), there, clock)
        states = Counter(one.state(clock()) for one in await there.invitations.list())
        assert (states["open"], states["used"]) == (0, 1), f"{life}: {states}"
        assert len(await there.users.list({"email": "ada@example.com"})) == 1, life


async def test_another_role_and_its_entry_in_the_log_are_there_together(store: Store) -> None:
    """Given by an admin or by a provider's group: what the log tells is what somebody may."""
    clock, admin = Clock(), an_agent("Admin", Role.ADMIN)

    async def changes(at: Store, user: User) -> None:
        given: dict[str, Any] = {"store": at, "clock": clock}
        user = await roles.change_user(admin, user.id, role="supervisor", **given)
        user = await groups.hold_to_role(user, "designer", nobody(""), by="openid", **given)
        await roles.change_user(admin, user.id, disabled=True, **given)

    async for life in lives(store):
        there = await emptied(store)
        await add_user(
            "laura@example.com", "Laura", Role.ADMIN, "correct horse battery", store=there, clock=clock
        )
        user = await add_user(
            "ada@example.com", "Ada", Role.AGENT, "correct horse battery", store=there, clock=clock
        )
        await life.does(changes(life.store, user))
        present = await there.users.get(user.id)
        told: dict[str, Any] = {"role": "agent", "disabled": False}
        async for entry in there.audit.every({"what": "user.changed"}):
            told |= {key: value for key, value in entry.after.items() if key in told}
        assert present and (present.role, present.disabled) == (told["role"], told["disabled"]), life
        assert (await there.audit.verify())[1] is None, life


async def test_what_is_live_is_one_model_with_one_history(store: Store) -> None:
    def teaching(at: Store) -> Teaching:
        return Teaching(at, Clock(), None, None, None)  # type: ignore[arg-type]

    async def publishes(at: Store) -> None:
        """As the page asks: with the revision that it last saw; whoever had no answer looks first."""
        for wanted in ("m1", "m2"):
            present = await at.publications.present()
            if wanted not in (present.model_id, *present.before):
                await publishing.activate(teaching(at), DORA, wanted, present.rev)
        present = await at.publications.present()
        if present.model_id == "m2":
            await publishing.roll_back(teaching(at), DORA, present.rev)

    async for life in lives(store):
        there = await emptied(store)
        for name in ("m1", "m2"):
            await there.models.versions.put(a_version(name))
        await life.does(publishes(life.store))
        present = await there.publications.present()
        if [change.what for change in present.history].count("rolled_back") == 0:
            await publishes(there)
        present = await there.publications.present()
        history = [(change.what, change.model_id) for change in reversed(present.history)]
        assert history == [("activated", "m1"), ("activated", "m2"), ("rolled_back", "m1")], life
        assert (present.model_id, present.rev) == ("m1", 3), life


def a_version(name: str) -> ModelVersion:
    given: dict[str, Any] = {"sha256": name, "size": 1, "revision": "r", "author": ADA, "seconds": 1.0}
    return ModelVersion(id=name, rasa_id=name, trained_at=Clock()(), **given)


async def test_a_model_whose_keeping_was_killed_is_kept_whole(store: Store) -> None:
    content = b"the bytes of a model" * 200_000  # some chunks of them
    sha = hashlib.sha256(content).hexdigest()
    async for life in lives(store):
        there = await emptied(store)
        await life.does(life.store.models.keep(sha, io.BytesIO(content)))
        await there.models.keep(sha, io.BytesIO(content))
        assert b"".join([chunk async for chunk in there.models.read(sha)]) == content, life


async def test_bytes_that_another_process_took_away_are_not_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was frozen for longer than its lease, and another began anew."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if not piece:
                chunks.delete_many({})
            return piece

    monkeypatch.setattr("gridfs.synchronous.grid_file._UPLOAD_BUFFER_CHUNKS", 1)
    with pymongo.MongoClient(*store._client.delegate.address, directConnection=True) as client:
        chunks = client[store._database.name]["models.chunks"]
        with pytest.raises(BytesLost):
            await store.models.keep("sha", Slow(b"x" * (3 << 20)))
    assert [chunk async for chunk in store.models.read("sha")] == []


async def test_a_training_is_taken_up_by_another_and_leaves_one_model(store: Store, tmp_path: Path) -> None:
    data, clock = some_data(tmp_path / "nlu_data"), Clock()
    home = a_bot_home(tmp_path / "bot")

    def teaching(at: Store) -> Teaching:
        settings = settings_for("mongodb://unused", tmp_path, bot_home=home, nlu_data=data)
        return bench(at, settings, clock)

    async def trains(at: Store) -> None:
        """As the workshop's loop does, without its pauses."""
        workshop = teaching(at).workshop
        await workshop._look_after_orphans()
        while (job := await workshop._claimed()) is not None:
            await workshop._run(job)

    async for life in lives(store):
        there = await emptied(store)
        job = await ask_for(teaching(there), DORA, JobKind.TRAIN, {})
        await life.does(trains(life.store))
        for _ in range(2):
            clock.forward(minutes=1)
            await trains(there)
        present = await there.jobs.get(job.id)
        assert present and present.state is JobState.DONE, f"{life}: {present and present.error}"
        (version,) = await there.models.versions.list()
        kept = b"".join([chunk async for chunk in there.models.read(version.sha256)])
        assert len(kept) == version.size and hashlib.sha256(kept).hexdigest() == version.sha256, life
        await there.models.drop_unclaimed(datetime.now(UTC) + timedelta(hours=1))
        chunks = {d["files_id"] async for d in there._database["models.chunks"].find({}, {"files_id": 1})}
        assert chunks == {version.sha256}, f"{life}: bytes of another attempt were left"
        assert not list((tmp_path / "studio").glob("*")), life
