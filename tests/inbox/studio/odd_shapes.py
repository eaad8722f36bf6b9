"""A project written in every odd manner that we know real ones to be written in. Made up by ourselves."""

DOMAIN = """\
\ufeff# first
version: '2.0'

intents:
  - greet:
      use_entities:
        - name   # keep
  - bye   # tail

# between
  - faq
entities:
- name:
    roles:
    - from
    - to
- city
""".replace("\n", "\r\n")

RESPONSES = """\
responses:
  utter_greet:   # says hello
    # first variant
    - text: >-
        Hello {name},
        how are you?

      channel: "sms"
    # second variant

    - text: |+
        Hi
          there

    - custom:
        blocks: [ {type: section, text: {type: mrkdwn, text: "*Hi*"}} , 1 ]   # flow
        other: ~
    - condition:
      - type: slot
        name: vip
        value: true
      text: 'It''s you'
      buttons: [{title: A, payload: /a}, {title: "B", payload: '/b{"x": "y"}'}]
      metadata: {}
  utter_empty:
  - text: ""
  "utter_quoted": [ {text: hi} ]
  utter_ref: &shared
  - text: shared
  utter_also: *shared
session_config:
  session_expiration_time: 60
"""

SLOTS = """\
slots:
# the only one's comment
  vip: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
forms:
    order_form:
        ignored_intents:
            - bye
        required_slots:
            - vip     # asked first

            - name
    old_form:
        required_slots:
            name:
              - type: from_entity
                entity: name
    empty_form: {}
    nothing_form:
actions: [action_a,
          action_b]   # two
"""

NLU = """\
nlu:
-   intent: greet
    examples: |
        - hi\t
        -  hello   [Bob](name)

        - hey {x}
-   intent: bye
    metadata: {sentiment: sad}
    examples:
    -   text: >
            good
            bye
        metadata:
            a: 1
    -   text: see you
    -   "quoted: yes"
    -   plain
- intent: faq/price
  examples: "- how much\\n- what price\\n"
- intent: faq/hours
  examples: >
    - when

    - what time
- regex: zip
  examples: |-
    # five digits
    - \\d{5}
    - \\d{4}
- lookup: city
  examples: |2
      - Rome
      - New York
- {synonym: Roma, examples: "- rome"}
"""

STORIES = """\
version: "3.1"
stories:

# happy
- story: a
  metadata:
    pos: 1
  steps:
  - checkpoint: start
    slots:
    - vip: true
  - or:
    - intent: greet
    - intent: bye   # or bye
  - intent: greet
    entities:
    - name: "Bob"
      role: from
  # then
  - slot_was_set:
    - vip: true
    - name
  - active_loop: order_form
  - active_loop: null
  - action: utter_greet
  - checkpoint: end
- story: b
  steps: [{intent: greet}, {action: utter_greet}]
- story: e2e
  steps:
  - user: |
      hello [Bob](name)
    intent: greet
  - bot: "Hello!"
  - user: hi there
  - action: utter_greet   # last
rules:
# alone
- rule: only   # one
  condition:
  - active_loop: order_form
  - slot_was_set:
    - vip: true
  wait_for_user_input: false
  steps:
  - intent: bye
  - action: utter_greet"""

ODD = {
    "data/nlu.yml": NLU,
    "data/stories.yml": STORIES,
    "domain/intents.yml": DOMAIN,
    "domain/responses.yml": RESPONSES,
    "domain/slots.yml": SLOTS,
}
