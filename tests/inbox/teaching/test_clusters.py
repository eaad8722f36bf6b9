"""Messages that are much alike are one cluster, and the most useful comes first."""

from datetime import UTC, datetime, timedelta

from inbox.teaching.clusters import Said, clustered, key_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def said(text: str, confidence: float = 0.9, *, handed_over: bool = False, minutes: int = 0) -> Said:
    return Said(text, "greet", confidence, (), (), handed_over, NOW + timedelta(minutes=minutes), f"m-{text}")


def test_the_same_and_the_alike_are_one_and_others_are_not() -> None:
    found = clustered(
        [
            said("Where is my parcel?", 0.4, minutes=1),
            said("where is my parcel", 0.4, minutes=2),
            said("where is my parcell", 0.4),
            said("do you sell lamps", 0.8),
        ]
    )
    assert [(c.count, len(c.texts)) for c in found] == [(3, 2), (1, 1)]
    assert found[0].said.text == "where is my parcel"  # the newest of the most frequent
    assert key_of("WHERE is my parcel!!") == found[0].key


def test_unsure_and_frequent_and_handed_over_come_first() -> None:
    found = clustered(
        [
            *[said("how do I pay by invoice", 0.3) for _ in range(5)],
            *[said("hello there", 0.95) for _ in range(20)],
            said("can my dog come along to the shop", 0.3),
            said("zebra crossing quantities", 0.3, handed_over=True),
        ]
    )
    assert [c.said.text for c in found] == [
        "how do I pay by invoice",
        "zebra crossing quantities",
        "hello there",
        "can my dog come along to the shop",
    ]


def test_what_was_reviewed_is_left_out_and_its_like_stays() -> None:
    both = [said("where is my parcel"), said("where is my parcell")]
    found = clustered(both, frozenset({key_of("where is my parcel")}))
    assert [c.said.text for c in found] == ["where is my parcell"]


def test_thousands_are_brought_together_quickly_enough_to_be_asked_for() -> None:
    words = ["order", "parcel", "invoice", "lamp", "desk", "sofa", "refund", "return", "shop", "card"]
    texts = [
        f"{words[i % 10]} {words[i // 10 % 10]} question {i:04} {words[i // 100 % 10]}" for i in range(3000)
    ]
    found = clustered([said(text) for text in texts])
    assert sum(c.count for c in found) == 3000
