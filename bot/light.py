"""Import this first: lets Rasa be imported without TensorFlow and matplotlib, until they are needed."""

from __future__ import annotations

import quiet  # noqa: F401 - before anything of Rasa's

from engine.postponed import import_without, postpone

postpone("rasa.core.test")
import_without(
    "rasa.utils.train_utils", "rasa.utils.tensorflow.callback", "rasa.utils.tensorflow.data_generator"
)
