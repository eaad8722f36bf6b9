"""What Prometheus may ask. No label carries a person's data."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("parley_events_total", "Provider events by what became of them", ["outcome"])
BATCH_SIZE = Histogram(
    "parley_commit_events", "Events in one commit", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 400, 1000)
)
COMMIT_SECONDS = Histogram("parley_commit_seconds", "Time of one ingest commit")
HOOKS = Counter("parley_hooks_total", "Webhook requests by channel and answer", ["channel", "status"])
TURNS = Counter("parley_turns_total", "Bot turns by outcome", ["outcome"])
TURN_SECONDS = Histogram("parley_turn_seconds", "Time of one bot turn, from claim to commit")
SENDS = Counter("parley_sends_total", "Deliveries by channel and outcome", ["channel", "outcome"])
SEND_SECONDS = Histogram("parley_send_seconds", "Time of one call to a provider", ["channel"])
SOCKETS = Gauge("parley_sockets", "Connected pages", ["namespace"])
BOT_READY = Gauge("parley_bot_ready", "1 while the bot answers")
