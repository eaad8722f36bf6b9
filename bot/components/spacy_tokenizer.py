"""A tokenizer for every language of the bot at once."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message

from components.spacy_languages import language_of, split, tokenizer


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyTokenizer(Tokenizer):
    """Splits by spaCy's rules for the text's language: Chinese, Japanese and Thai, which have no
    spaces; Italian `l'ordine` into two; a price from its currency."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`languages`, by ISO 639-1; the first is for texts that show no sign of another."""
        return {
            "languages": ["en", "it", "hi"],
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyTokenizer:
        """With every language at hand: dictionaries take seconds, which no customer is to wait for.

        Raises `InvalidConfigException` for a language whose package is not installed.
        """
        for language in config["languages"]:
            try:
                tokenizer(language).tokenizer("a")
            except ImportError as error:
                raise InvalidConfigException(
                    f"The tokenizer of {language!r} cannot be loaded: {error} "
                    "Install the group `languages` (uv sync --group languages), or take it out of config.yml."
                ) from error
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of an attribute, with their places."""
        text = message.get(attribute)
        words = split(text, language_of(text, self._config["languages"]))
        return [Token(word.text, word.idx) for word in words if not word.is_space]
