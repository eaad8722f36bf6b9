"""A small project written in every manner that we know from others."""

NLU = """\
# What customers say
version: "3.1"

nlu:
# greetings first
- intent: greet
  examples: |
    - hello   there
    - hey [Bob]{"entity": "name", "role": "who"}

    - good morning
- intent: order_status   # often
  examples: |
      - where is [48213](order_number)
      - where is my order
- synonym: 'New York'
  examples: |
    - NYC
- regex: order_number
  examples: |
    - \\b\\d{5}\\b
- lookup: city
  examples: |
    - Rome
- intent: chitchat/ask_name
  examples:
  - text: |
      who are you
    metadata:
      sentiment: neutral
"""

DOMAIN = """\
intents:
  - greet:
      use_entities: []   # none
  - order_status
  - chitchat
entities: [name, order_number,   city]

slots:
  order_number:
    type: text
    mappings:
    - type: from_entity
      entity: order_number
    - {type: from_intent, intent: order_status, value: 'x'}

responses:
  utter_greet:
  - text: "Hello!"   # short
    buttons:
      - title: 'Where is my order?'
        payload: '/order_status{"a": "b"}'
  # the second one
  - text: |
      Hi,
      how are you?
  utter_title_order_status:
  - text: see an order
actions:
  - action_look_up
"""

RULES = """\
rules:

- rule: Greet   # first
  steps:
    - intent: greet
    - action: utter_greet

# the order
- rule: Order
  steps:
  - or:
    - intent: order_status
    - intent: greet
  - action: action_look_up
stories:
- story: one
  steps:
  - intent: order_status
    entities:
      - order_number: "1"
  - action: utter_greet"""

FILES = {"nlu.yml": NLU, "domain/domain.yml": DOMAIN, "rules.yml": RULES.replace("\n", "\r\n")}
"""The last one has Windows's line breaks and ends without one."""
