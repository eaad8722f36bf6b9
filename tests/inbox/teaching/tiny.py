"""The smallest bot that can be trained for real."""

from pathlib import Path

NLU = """\
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      - hi there
      - good morning
      - hey
      - hello everybody
      - good evening to you
      - hi bot
  - intent: order_status
    examples: |
      - where is my order
      - track my parcel
      - has order [48213](order_number) shipped
      - when will my package arrive
      - is [50917](order_number) on its way
      - my order is late
      - order status please
  - intent: goodbye
    examples: |
      - bye
      - see you later
      - goodbye then
      - talk to you soon
      - bye bye
      - have a nice day
      - ciao
"""
DOMAIN = """\
version: "3.1"
intents: [greet, order_status, goodbye]
entities: [order_number]
responses:
  utter_greet: [{text: "Hello!"}]
  utter_order: [{text: "On its way."}]
  utter_bye: [{text: "Bye!"}]
  utter_fallback: [{text: "Sorry?"}]
"""
RULES = """\
version: "3.1"
rules:
  - rule: greet
    steps: [{intent: greet}, {action: utter_greet}]
  - rule: order status
    steps: [{intent: order_status}, {action: utter_order}]
  - rule: bye
    steps: [{intent: goodbye}, {action: utter_bye}]
  - rule: fallback
    steps: [{intent: nlu_fallback}, {action: utter_fallback}]
"""
TESTS = """\
version: "3.1"
stories:
  - story: asks and leaves
    steps:
      - user: |
          where is my order
        intent: order_status
      - action: utter_order
      - user: |
          bye bye
        intent: goodbye
      - action: utter_bye
  - story: is mistaken on purpose
    steps:
      - user: |
          hello
        intent: greet
      - action: utter_bye
"""


def a_tiny_bot(folder: Path) -> Path:
    """Training data of three intents."""
    files = {"nlu/all.yml": NLU, "domain.yml": DOMAIN, "rules.yml": RULES, "tests/test_stories.yml": TESTS}
    files["stories.yml"] = 'version: "3.1"\nstories: []\n'
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
