"""What an agent's page asks of a big store: `benchmarks.lists` asks each of these, one at a time.

The agent is in no private team, so every list is without the conversations of one. In braces is what is
filled in: see `benchmarks.lists.known`.
"""

from benchmarks.shop import OLD_LABEL, RARE_LABEL, team_id

_OPEN = "/conversations?tab=all"
_EVER = "/conversations?tab=all&status=any"

LISTS: dict[str, str] = {
    "list, all": _OPEN,
    "list, second page": f"{_OPEN}&cursor={{cursor}}",
    "list, hundredth page": f"{_OPEN}&cursor={{deep}}",
    "list, mine": "/conversations?tab=mine",
    "list, unassigned": "/conversations?tab=unassigned",
    "list, the bot's": "/conversations?tab=bot",
    "list, longest waiting": f"{_OPEN}&sort=waiting",
    "list, longest waiting, unassigned": "/conversations?tab=unassigned&sort=waiting",
    "list, due first": f"{_OPEN}&sort=due",
    "list, due first, mine": "/conversations?tab=mine&sort=due",
    "list, resolved": f"{_OPEN}&status=resolved",
    "list, resolved, hundredth page": f"{_OPEN}&status=resolved&cursor={{deep_resolved}}",
    "list, snoozed": f"{_OPEN}&status=snoozed",
    "list, everything ever": _EVER,
}
FILTERS: dict[str, str] = {
    "filter, a channel": f"{_OPEN}&channel_id=rcs",
    "filter, a channel where nothing is open": f"{_OPEN}&channel_id=email",
    "filter, a channel where nothing ever was": f"{_EVER}&channel_id=email",
    "filter, a team": f"{_OPEN}&team={team_id(1)}",
    "filter, a team's queue": f"/conversations?tab=unassigned&team={team_id(1)}",
    "filter, a team, longest waiting": f"{_OPEN}&sort=waiting&team={team_id(1)}",
    "filter, a label": f"{_OPEN}&label=vip",
    "filter, a label that twenty have": f"{_EVER}&label={RARE_LABEL}",
    "filter, a label that only the oldest have": f"{_EVER}&label={OLD_LABEL}",
    "filter, that one, open": f"{_OPEN}&label={OLD_LABEL}",
    "filter, urgent": f"{_OPEN}&priority=urgent",
    "filter, without priority": f"{_OPEN}&priority=none",
    "filter, a language": f"{_OPEN}&language=it",
    "filter, a language that few write": f"{_OPEN}&language=hi",
    "filter, a language that nobody writes": f"{_OPEN}&language=is",
    "filter, waiting for a month": f"{_OPEN}&waiting=43200",
    "filter, a label, a channel, mine": "/conversations?tab=mine&label=vip&channel_id=rcs",
    "filter, a team, a channel, a label": f"{_OPEN}&team={team_id(1)}&channel_id=rcs&label=vip",
    "filter, urgent, a team, a language, due first": (
        f"{_OPEN}&sort=due&priority=urgent&team={team_id(1)}&language=hi"
    ),
}
SEARCHES: dict[str, str] = {
    "search, a number in few messages": f"{_EVER}&q={{number}}",
    "search, its first four digits": f"{_EVER}&q={{begun4}}",
    "search, its first three": f"{_EVER}&q={{begun3}}",
    "search, its first two": f"{_EVER}&q={{begun2}}",
    "search, its first": f"{_EVER}&q={{begun1}}",
    "search, a customer's surname": f"{_EVER}&q=Okafor",
    "search, a whole name": f"{_EVER}&q=Chidi+Okafor",
    "search, a word in many messages": f"{_EVER}&q=order",
    "search, three words in many": f"{_EVER}&q=where+is+order",
    "search, two that never meet": f"{_EVER}&q=lamp+warehouse",
    "search, open ones only": f"{_OPEN}&q=order",
}
OTHERS: dict[str, str] = {
    "counts": "/counts",
    "open a thread": "/conversations/{id}/messages",
    "a conversation": "/conversations/{id}",
    "changes since": "/conversations/changes?since={since}",
    "labels": "/labels",
    "contacts": "/contacts",
    "contacts, hundredth page": "/contacts?cursor={deep_contacts}",
    "contacts, a surname": "/contacts?q=Okafor",
    "contacts, a whole name": "/contacts?q=Chidi+Okafor",
    "contacts, a number's end": "/contacts?q=000017",
    "contacts, first letter": "/contacts?q=o",
    "a contact": "/contacts/{contact}",
    "reports of a month": "/reports/overview",
}
QUESTIONS: dict[str, str] = {**LISTS, **FILTERS, **SEARCHES, **OTHERS}
