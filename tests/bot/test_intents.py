"""The intent classifier: what it promises of scores, thresholds, and languages without weights."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import ngrams
from components.calibration import calibrate
from components.encoder import Encoder, is_written_in
from components.intents import SimilarIntent
from components.ngrams import count, idf_of, weigh
from components.sentence_vectors import SHA256, SentenceVectors, built_encoder, weights_of
from components.similarity import Examples, HeldOut, Shape, Similarity, fit

TEXTS = {
    "hours": ["when do you open", "opening hours", "are you open on sunday", "what time do you close"],
    "order": ["where is my order", "order 48213 please", "has my order been sent", "my order is late"],
    "price": ["how much is it", "what does it cost", "price please", "cost of the lamp"],
    "italian": ["dov'è il mio ordine", "quanto costa la lampada", "a che ora aprite", "dov'è il negozio"],
}
SHAPE = Shape(share=0.3, sharpness=3, ridge=0.2)


def examples(*, vectors: bool) -> Examples:
    texts = [text for some in TEXTS.values() for text in some]
    of = np.repeat(np.arange(len(TEXTS)), 4)
    made = np.random.default_rng(1).normal(size=(len(texts), 8)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    made[of == 3] = 0  # no weights read Italian
    return Examples(texts, of, made if vectors else made * 0)


def without(all_of_them: Examples, gone: np.ndarray) -> Similarity:
    stay = np.setdiff1d(np.arange(len(all_of_them.texts)), gone)
    return fit(all_of_them.some(stay), len(TEXTS), SHAPE)[0]


def scores_of(model: Similarity, some: Examples) -> np.ndarray:
    return model.scores(some.texts, some.vectors)


@pytest.mark.parametrize("vectors", [True, False])
def test_held_out_scores_are_those_of_a_model_that_never_saw_the_example(
    vectors: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How rare an n-gram is depends on all texts; held still, so that only the fitting differs.
    every = examples(vectors=vectors)
    idf = idf_of(count(every.texts))
    monkeypatch.setattr("components.similarity.idf_of", lambda counted: idf)
    held_out = fit(every, len(TEXTS), SHAPE)[1]
    for i in range(len(every.texts)):
        alone = every.some(np.array([i]))
        assert np.allclose(scores_of(without(every, np.array([i])), alone)[0], held_out.known[i], atol=2e-3)
    for intent in range(len(TEXTS)):
        own = np.flatnonzero(every.intents == intent)
        found = scores_of(without(every, own), every.some(own))
        others = np.arange(len(TEXTS)) != intent
        assert np.allclose(found[:, others], held_out.strange[own][:, others], atol=2e-3)
        assert np.isneginf(held_out.strange[own, intent]).all()


def test_a_message_scores_the_same_alone_and_among_others() -> None:
    every = examples(vectors=True)
    model = fit(every, len(TEXTS), SHAPE)[0]
    together = scores_of(model, every)
    for i in range(len(every.texts)):
        assert np.allclose(scores_of(model, every.some(np.array([i])))[0], together[i], atol=1e-4)


@pytest.mark.parametrize(
    "text", ["", " ", "🙂", "ÀÉ", "我的订单在哪里", "มันอยู่ที่ไหน", "a" * 5000, "\ud800", "\x00"]
)
def test_any_text_has_a_score_and_nothing_but_numbers(text: str) -> None:
    model = fit(examples(vectors=True), len(TEXTS), SHAPE)[0]
    found = model.scores([text, "when do you open"], np.zeros((2, 8), np.float32))
    assert np.isfinite(found).all()
    assert found[1].argmax() == 0
    assert np.allclose(model.scores([text, "when do you open"], np.zeros((2, 0))), found, atol=1e-6)


def test_what_one_example_alone_says_is_recognised() -> None:
    every = Examples(["yes", "ok", "👍", "no", "nope", "👎"], np.repeat([0, 1], 3), np.zeros((6, 0)))
    found = fit(every, 2, SHAPE)[0].scores(["👍", "👎"], np.zeros((2, 0)))
    assert found.argmax(axis=1).tolist() == [0, 1] and found.max(axis=1).min() > 0.5


def test_case_and_digits_make_no_difference_but_their_number_does() -> None:
    idf = idf_of(count(["x"]))

    def of(text: str) -> dict[int, float]:
        counted = count([text])
        return dict(zip(counted.buckets.tolist(), weigh(counted, idf).tolist(), strict=True))

    assert of("Order 48213") == of("order 90771") != of("order 4821")


def test_a_bot_that_is_sure_of_what_it_knows_asks_about_what_it_does_not() -> None:
    rng = np.random.default_rng(2)
    of = np.repeat(np.arange(5), 40)
    known = rng.normal(0.1, 0.05, (200, 5))
    known[np.arange(200), of] += 0.6
    strange = rng.normal(0.1, 0.05, (200, 5))
    strange[np.arange(200), of] = -np.inf
    found = calibrate(HeldOut(known, strange), of)
    assert (
        found.confidences(known).max(axis=1).min()
        > found.threshold
        > found.confidences(strange).max(axis=1).max()
    )
    at = next(point for point in found.curve if point["threshold"] == found.threshold)
    assert at["right"] == 1 and at["strangers_caught"] == 1


def test_confidences_are_as_often_right_as_they_say() -> None:
    rng = np.random.default_rng(3)
    of = rng.integers(0, 4, 4000)
    known = rng.normal(0, 0.3, (4000, 4))
    known[np.arange(4000), of] += 0.4
    strange = np.full((4000, 4), -0.5)
    found = calibrate(HeldOut(known, strange), of)
    sure = found.confidences(known)
    top, right = sure.max(axis=1), sure.argmax(axis=1) == of
    for low in (0.4, 0.6, 0.8):
        some = (top >= low) & (top < low + 0.2)
        assert abs(top[some].mean() - right[some].mean()) < 0.06


def test_a_word_counts_the_same_whether_it_was_met_before_or_not() -> None:
    text = "the quixotic zephyr, the zephyr again 12"
    ngrams._remembered.clear()
    first = count([text, "zephyr"])
    assert "zephyr" in ngrams._remembered
    again = count([text, "zephyr"])
    for name in ("rows", "buckets", "counts", "is_word"):
        assert np.array_equal(getattr(first, name), getattr(again, name))


def test_words_that_are_kept_are_few_and_short() -> None:
    count([" ".join(f"word{'abcdefghij'[n % 10] * (n // 10)}" for n in range(900))])
    assert not any(len(word) > ngrams.ORDINARY for word in ngrams._remembered)
    for n in range(30):
        count([" ".join(chr(0x4E00 + 500 * n + i) for i in range(500))])
    assert len(ngrams._remembered) < ngrams.REMEMBERED + ngrams.FEW


def test_without_weights_training_says_so_and_messages_are_told_by_ngrams_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("components.sentence_vectors.weights_of", lambda config: None)
    storage = LocalModelStorage(tmp_path)
    vectors = SentenceVectors(SentenceVectors.get_default_config(), storage, Resource("vectors"))
    classifier = SimilarIntent(SimilarIntent.get_default_config(), storage, Resource("intents"))
    messages = [Message({TEXT: text, INTENT: intent}) for intent, some in TEXTS.items() for text in some]
    data = TrainingData(messages)
    with caplog.at_level("WARNING", "parley.train"):
        vectors.train(data)
        classifier.train(vectors.process_training_data(data))
    assert "no weights are installed; intents are told by n-grams alone" in caplog.text
    assert f"{len(messages)} of {len(messages)} examples by n-grams alone" in caplog.text
    asked = [Message({TEXT: "are you open on sunday?"})]
    assert classifier.process(vectors.process(asked))[0].get(INTENT)["name"] == "hours"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    weights = weights_of(SentenceVectors.get_default_config())
    assert weights, "The bot's environment lacks the weights: make setup"
    return Encoder(built_encoder(weights, ["LATIN"]))


def test_vectors_know_what_words_do_not_say(encoder: Encoder) -> None:
    asked, same, other = encoder.encode(
        ["where is my parcel?", "I haven't received my package yet", "do you sell gift cards"]
    )
    assert asked @ same > asked @ other + 0.2
    assert np.allclose(np.linalg.norm([asked, same, other], axis=1), 1, atol=1e-3)


def test_what_the_weights_cannot_read_has_no_vector(encoder: Encoder) -> None:
    found = encoder.encode(["मेरा ऑर्डर कहाँ है", "hello", "48213", "", "🙂"])
    assert found.any(axis=1).tolist() == [False, True, False, False, False]
    assert is_written_in(None, "मेरा ऑर्डर") and not is_written_in(["LATIN"], "заказ")


def test_threads_share_an_encoder(encoder: Encoder) -> None:
    texts = [f"where is order {n}, please" for n in range(60)]
    expected = encoder.encode(texts)
    wrong: list[str] = []

    def ask(seed: int) -> None:
        mine = random.Random(seed).sample(range(60), 40)
        found = Encoder.encode(encoder, [texts[i] for i in mine])
        if (np.sum(found * expected[mine], axis=1) < 0.98).any():
            wrong.append(f"{seed}")

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_other_weights_than_those_that_were_tried_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    config = {**SentenceVectors.get_default_config(), "folder": str(tmp_path), "sha256": SHA256}
    with pytest.raises(InvalidConfigException, match="hash"):
        weights_of(config)
    with pytest.raises(InvalidConfigException, match=r"no model\.safetensors"):
        weights_of({**config, "folder": str(tmp_path / "nowhere")})


def test_half_a_character_breaks_nothing(encoder: Encoder) -> None:
    assert encoder.encode(["hello \ud83d"]).any()
