"""Several assistants, each in several languages: made, published and asked, each for itself."""

from pathlib import Path
from typing import Any

import pytest

from inbox.dialogue import Turn
from inbox.model.assistant import the_default
from inbox.model.message import Direction
from inbox.spoken import Spoken
from inbox.studio.folder import Folder
from inbox.studio.project import read
from inbox.teaching.answering import Answering
from tests.inbox.teaching.test_publishing import a_model, asks_as_bot
from tests.inbox.teaching.tiny import a_tiny_bot
from tests.parley import Client, Parley, answer, until

CLUB = {"id": "club", "name": "The Club", "language": "en"}
_GONE = ("assistants", "studio_publication", "studio_models", "studio_edits", "studio_jobs", "studio_reviews")


@pytest.fixture(autouse=True)
async def only_the_default(parley: Parley, data: Path) -> None:
    """Each test begins with one assistant and no customers."""
    a_tiny_bot(data)
    for name in (*_GONE, "messages", "conversations"):
        await parley.store._database[name].delete_many({})
    await parley.store.channels.change_all({}, assistant=None)
    for folder in parley.settings.assistants.glob("*/*"):
        folder.rename(parley.settings.home / f"{folder.parent.name}-{folder.name}-{id(folder)}")
    parley.bot.script = by_edition
    parley.bot.turns.clear()
    looks_anew(parley)


def by_edition(turn: dict[str, Any]) -> dict[str, Any]:
    """A bot that answers by the first edition that it is asked for."""
    edition = turn["editions"][0] if turn.get("editions") else ""
    return answer(edition or "first", edition=edition or None)


def looks_anew(parley: Parley) -> None:
    """What turns know of assistants is a second old else."""
    parley.parts.dialogue._routed.__self__._at = 0.0  # type: ignore[union-attr]


async def goes_live(parley: Parley, designer: Client, edition: str) -> str:
    model = await a_model(parley, edition=edition)
    rev = (await designer.get(f"/studio/publication?edition={edition}"))["rev"]
    at = f"/studio/publication/activate?edition={edition}"
    await designer.post(at, {"model_id": model.id, "rev": rev})
    looks_anew(parley)
    return model.id


async def test_there_is_one_without_any_being_made(designer: Client) -> None:
    found = await designer.get("/studio/assistants")
    edition = {"key": "", "language": "en", "is_base": True, "is_live": True}
    assert found["items"] == [{"id": "default", "name": "Assistant", "rev": 0, "editions": [edition]}]
    assert {channel["assistant"] for channel in found["channels"]} == {"default"}


async def test_an_assistant_begins_with_a_few_words_or_a_copy(
    parley: Parley, designer: Client, data: Path
) -> None:
    made = await designer.post("/studio/assistants", CLUB)
    assert [each["key"] for each in made["editions"]] == ["club.en"]
    at = parley.settings.assistants / "club"
    project = read(Folder(at / "en").files())
    assert not project.problems and {each.name for each in project.of("intent")} == {"greet", "human_handoff"}
    body = {"language": "IT", "rev": made["rev"], "like": ""}
    made = await designer.post("/studio/assistants/club/languages", body)
    assert [each["key"] for each in made["editions"]] == ["club.en", "club.it"]
    files = {file.name: file.content for file in Folder(data).files()}
    assert {file.name: file.content for file in Folder(at / "it").files()} == files
    assert [each.name for each in at.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "", {**CLUB, "id": "../x"}, 422),
        ("POST", "", {**CLUB, "name": " "}, 422),
        ("POST", "", {**CLUB, "language": "English!"}, 422),
        ("POST", "", {**CLUB, "id": "default"}, 409),
        ("POST", "", {**CLUB, "like": "none.en"}, 404),
        ("POST", "/default/languages", {"language": "en", "rev": 0}, 409),
        ("POST", "/default/languages", {"language": "it", "rev": 7}, 409),
        ("DELETE", "/default/languages/en?rev=0", None, 422),
        ("DELETE", "/default", None, 422),
        ("PUT", "/club", {"name": "Club", "rev": 0}, 404),
        ("GET", "/club/beside", None, 404),
    ],
)
async def test_what_makes_no_sense_is_refused(
    designer: Client, method: str, path: str, body: Any, status: int
) -> None:
    assert (await designer.call(method, f"/studio/assistants{path}", body))[0] == status
    assert len((await designer.get("/studio/assistants"))["items"]) == 1


async def test_of_two_who_change_one_at_once_the_second_is_told(parley: Parley, designer: Client) -> None:
    first = the_default()
    assert await parley.store.assistants.change_from(first, first.__replace__(name="A", rev=1))
    assert not await parley.store.assistants.change_from(first, first.__replace__(name="B", rev=1))
    assert (await designer.call("PUT", "/studio/assistants/default", {"name": "C", "rev": 0}))[0] == 409


async def test_each_edition_is_edited_and_trained_for_itself(
    parley: Parley, designer: Client, data: Path
) -> None:
    await designer.post("/studio/assistants", {**CLUB, "like": ""})
    before = {file.name: file.content for file in Folder(data).files()}
    examples = ["ahoy there"]
    operation = {"type": "add_examples", "kind": "intent", "name": "greet", "examples": examples}
    edit = await designer.post("/studio/edits?edition=club.en", {"operation": operation})
    assert {file.name: file.content for file in Folder(data).files()} == before
    assert "ahoy there" in (parley.settings.assistants / "club/en/nlu/all.yml").read_text()
    assert (await designer.get("/studio/edits"))["items"] == []
    assert len((await designer.get("/studio/edits?edition=club.en"))["items"]) == 1
    assert (await designer.call("POST", f"/studio/edits/{edit['id']}/undo"))[0] == 404
    assert (await designer.call("GET", "/studio/data?edition=club.fr"))[0] == 404
    # Whoever died over an edit of one edition is not looked for in another's files.
    await parley.store.edits.change(edit["id"], done=False)
    await designer.post("/studio/edits", {"operation": operation})
    assert (await parley.store.edits.get(edit["id"])).done is False  # type: ignore[union-attr]

    (data / "domain.yml").write_text("works # first\n")
    (parley.settings.assistants / "club/en/domain.yml").write_text("works # club\n")
    job = await designer.post("/studio/jobs?edition=club.en", {"kind": "train"})

    async def models() -> list[Any]:
        found: list[Any] = (await designer.get("/studio/models?edition=club.en"))["items"]
        return found

    (model,) = await until(models, within=60)
    assert model["id"] == job["id"] and model["edition"] == "club.en"
    assert (await designer.get("/studio/models"))["items"] == []
    assert [each["id"] for each in (await designer.get("/studio/jobs?edition=club.en"))["items"]] == [
        job["id"]
    ]
    assert (await designer.get("/studio/jobs"))["items"] == []
    body = {"model_id": model["id"], "rev": 0}
    assert (await designer.call("POST", "/studio/publication/activate", body))[0] == 404  # another's


async def test_models_are_served_by_edition(parley: Parley, designer: Client) -> None:
    await designer.post("/studio/assistants", CLUB)
    headers = {"Authorization": f"Bearer {parley.settings.bot_secret()}"}

    async def editions(etag: str = "") -> tuple[int, Any, str]:
        url = f"{parley.url}/api/v1/bot/editions"
        async with parley.http.get(url, headers=headers | {"If-None-Match": etag}) as found:
            body = await found.json() if found.status == 200 else None
            return found.status, body, found.headers["ETag"]

    status, body, etag = await editions()
    assert (status, body) == (200, {"editions": {}})
    assert (await editions(etag))[0] == 304
    model = await parley.store.models.versions.get(await goes_live(parley, designer, "club.en"))
    assert model is not None
    status, body, _ = await editions(etag)
    assert body == {"editions": {"club.en": {"live": model.sha256, "canary": None}}}
    assert (await asks_as_bot(parley, "club.en/live"))[0] == 200
    assert (await asks_as_bot(parley, "club.en/canary"))[0] == 204
    assert (await asks_as_bot(parley, "live"))[0] == 204
    async with parley.http.get(f"{parley.url}/api/v1/bot/editions") as found:
        assert found.status == 401


async def test_a_base_is_never_rolled_back_to_nothing(parley: Parley, designer: Client) -> None:
    made = await designer.post("/studio/assistants", CLUB)
    await designer.post("/studio/assistants/club/languages", {"language": "it", "rev": made["rev"]})
    for edition, status in (("club.en", 422), ("club.it", 200)):
        await goes_live(parley, designer, edition)
        at = f"/studio/publication/roll_back?edition={edition}"
        assert (await designer.call("POST", at, {"rev": 1}))[0] == status, edition


async def test_a_channel_chooses_its_assistant_and_a_conversation_keeps_it(
    parley: Parley, designer: Client
) -> None:
    await designer.post("/studio/assistants", CLUB)
    await parley.customer_says("Hello", phone="15550200001")
    conversation = await until(lambda: answered(parley, 1))
    at = f"/studio/channels/{conversation.channel_id}/assistant"
    assert (await designer.call("PUT", at, {"assistant": "club"}))[0] == 422  # nothing of it is live
    await goes_live(parley, designer, "club.en")
    assert (await designer.call("PUT", at, {"assistant": "club"}))[0] == 200
    looks_anew(parley)
    await parley.customer_says("Hello again", phone="15550200001")
    await until(lambda: answered(parley, 2))
    await parley.customer_says("Hello", phone="15550200002", name="Bob")
    bobs = await until(lambda: answered(parley, 1, but=conversation.id))
    assert [turn.get("editions") for turn in parley.bot.turns] == [[""], [""], ["club.en"]]
    assert bobs.bot.assistant == "club"
    (read_by_club,) = [m async for m in parley.store.understood.since(bobs.created_at, 9, "club.en")]
    assert read_by_club.conversation_id == bobs.id
    assert len((await designer.get("/studio/review?edition=club.en"))["items"]) == 1
    # Whoever goes is followed by the default one.
    assert (await designer.call("DELETE", "/studio/assistants/club"))[0] == 204
    looks_anew(parley)
    await parley.customer_says("And now?", phone="15550200002", name="Bob")
    await until(lambda: answered(parley, 2, but=conversation.id))
    assert parley.bot.turns[-1]["editions"] == [""]
    assert (parley.settings.assistants / "club/en/domain.yml").is_file()


async def answered(parley: Parley, times: int, but: str = "") -> Any:
    """The one conversation, once the bot has answered in it so often and its turn is over."""
    found = [each for each in await parley.conversations() if each.id != but]
    if len(found) != 1 or found[0].turn is not None:
        return None
    said = [m for m in await parley.thread(found[0].id) if m.direction is Direction.OUT]
    return found[0] if len(said) == times else None


async def test_a_language_is_told_among_the_assistants_and_answers_once_it_is_live(
    parley: Parley, designer: Client
) -> None:
    await designer.post("/studio/assistants/default/languages", {"language": "it", "rev": 0, "like": ""})
    answering = Answering(parley.store, Spoken(""))
    given: dict[str, Any] = {"turn_id": "t", "payload": None, "contact": {}, "channel": {"id": "web"}}
    italian = Turn(conversation_id="c", text="Buongiorno, vorrei restituire un articolo", **given)
    found = await answering.routed(italian)
    assert (found.language, found.editions) == ("it", ("",))
    await goes_live(parley, designer, "default.it")
    answering._at = 0.0
    found = await answering.routed(italian)
    assert (found.language, found.editions) == ("it", ("default.it", ""))
    corrected = Turn(conversation_id="c", text="Buongiorno a tutti", language="en", **given)
    assert (await answering.routed(corrected)).editions == ("",)
    regional = Turn(conversation_id="c", text="ok", language="it-CH", **given)
    assert (await answering.routed(regional)).editions == ("default.it", "")


async def test_languages_stand_beside_each_other(designer: Client) -> None:
    await designer.post("/studio/assistants/default/languages", {"language": "it", "rev": 0, "like": ""})
    operation = {"type": "add_examples", "kind": "intent", "name": "thank", "examples": ["grazie"]}
    await designer.post("/studio/edits?edition=default.it", {"operation": operation})
    found = await designer.get("/studio/assistants/default/beside")
    assert {each["name"]: each["counts"] for each in found["intents"]} == {
        "goodbye": {"en": 7, "it": 7},
        "greet": {"en": 7, "it": 7},
        "order_status": {"en": 7, "it": 7},
        "thank": {"en": None, "it": 1},
    }
    assert {"name": "utter_bye", "counts": {"en": 1, "it": 1}} in found["responses"]

    rule = {"rule": "Solo qui", "steps": [{"intent": "thank"}, {"action": "utter_bye"}]}
    form = {"required_slots": ["name"]}
    for operation in (
        {"type": "put_dialogue", "kind": "rule", "name": "Solo qui", "old": None, "new": rule},
        {"type": "put", "kind": "slot", "name": "name", "old": None, "new": {"type": "text", "mappings": []}},
        {"type": "put", "kind": "form", "name": "ask_name", "old": None, "new": form},
    ):
        await designer.post("/studio/edits?edition=default.it", {"operation": operation})
    found = await designer.get("/studio/assistants/default/beside")
    assert {"name": "Solo qui", "counts": {"en": None, "it": 2}} in found["rules"]
    assert found["slots"] == [{"name": "name", "counts": {"en": None, "it": 0}}]
    assert found["forms"] == [{"name": "ask_name", "counts": {"en": None, "it": 1}}]
    assert all(each["counts"]["en"] == each["counts"]["it"] for each in found["stories"])
