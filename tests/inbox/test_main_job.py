"""The main job: a customer writes, the bot answers, a human takes over."""

from inbox.model.commit import ConversationChange
from inbox.model.message import AuthorKind
from tests.parley import Parley, answer, until

ARRIVED = ("sent", "delivered", "read")


async def test_a_customer_writes_and_the_bot_answers(parley: Parley) -> None:
    await parley.customer_says("Where is my order?")

    async def answered() -> bool:
        found = await parley.conversations()
        return bool(found) and (await parley.thread(found[0].id))[-1].status in ARRIVED

    await until(answered)
    conversation = (await parley.conversations())[0]
    thread = await parley.thread(conversation.id)
    assert [m.author.kind for m in thread] == [AuthorKind.CONTACT, AuthorKind.BOT]
    assert thread[1].content.text == "You said: Where is my order?"
    assert thread[0].parse["intent"]["name"] == "inform"


async def test_a_turn_is_ours_from_the_start_and_its_answer_leaves_as_it_is_written(parley: Parley) -> None:
    await until(lambda: parley.parts.dialogue.is_ready)
    changes: list[ConversationChange] = []
    parley.parts.bus.listen(changes.extend)
    await parley.customer_says("Where is my order?", phone="15550007777")
    await until(lambda: len(changes) > 2)
    born, answered, *_ = changes
    assert born.after.turn.owner
    assert [message.status for message in answered.added] == ["sending"]
    assert answered.after.delivery.owner


async def test_a_human_takes_over_when_the_customer_asks(parley: Parley) -> None:
    parley.bot.script = lambda turn: answer("One moment.", handoff={"reason": "asked", "detail": ""})
    await parley.customer_says("Can I talk to a person?")

    async def queued() -> bool:
        found = await parley.conversations()
        return bool(found) and found[0].speaker.kind == "nobody"

    await until(queued)
    marco = await parley.an_agent()
    row = (await marco.get("/conversations?tab=unassigned"))["items"][0]
    assert row["summary"]["reason"] == "asked"
    assert row["summary"]["questions"] == ["Can I talk to a person?"]
    sent = await marco.post(
        f"/conversations/{row['id']}/messages", {"client_id": "1", "text": "Hello, I am Marco."}
    )
    assert sent["author"]["name"] == "Marco Rossi"

    async def delivered() -> bool:
        return (await parley.thread(row["id"]))[-1].status in ARRIVED

    await until(delivered)
    turns = len(parley.bot.turns)
    await parley.customer_says("Thank you!")
    assert len(parley.bot.turns) == turns
