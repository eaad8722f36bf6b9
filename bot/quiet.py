"""Import this first: keeps Rasa's imports from reporting home or filling the log."""

from __future__ import annotations

import os
import time
import warnings

# When this process began, near enough.
BEGAN = time.monotonic()

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Rasa's own switch for its progress bars.
os.environ["LOG_LEVEL"] = "ERROR"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

# Rasa 3.6 is the last of its line; its dependencies' deprecations will not be mended.
warnings.filterwarnings("ignore", category=DeprecationWarning)
warnings.filterwarnings("ignore", category=UserWarning, module="rasa")
warnings.filterwarnings("ignore", message=".*declare_namespace.*")
warnings.filterwarnings("ignore", message=".*MovedIn20.*")
