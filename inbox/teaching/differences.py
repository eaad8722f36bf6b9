"""Two evaluations, message by message."""

from typing import Any

MOST = 500


def differences(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Of the messages that both were asked: how many only one tells rightly, and what they tell otherwise,
    what has become worse first."""
    earlier = {(text, intent): found for text, intent, found, *_ in before.get("messages", ())}
    common = better = worse = 0
    items = []
    for text, intent, found, *_ in now.get("messages", ()):
        if (text, intent) not in earlier:
            continue
        common += 1
        old = earlier[text, intent]
        if found == old:
            continue
        better += found == intent
        worse += old == intent
        items.append({"text": text, "intent": intent, "now": found, "before": old})
    items.sort(key=lambda one: (one["before"] != one["intent"], one["now"] == one["intent"], one["text"]))
    return {"common": common, "better": better, "worse": worse, "items": items[:MOST]}
