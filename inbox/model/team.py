"""Teams: who looks after which conversations together, and how these come to one of them. Pure."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from inbox.model.hours import Hours
from inbox.model.routing import Method, speaks


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """Agents with a queue of their own."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    """Ids of users."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags of what the team speaks, such as ``it``; empty: any."""
    hours: Hours | None = None
    """When somebody is there; None: always."""
    method: Method = Method.MANUAL
    overflow_team_id: str | None = None
    """Who is asked next when nobody here has taken a conversation."""
    overflow_minutes: int = 10
    overflow_in_hours: bool = True
    """Whether only minutes count in which the team is there; else it overflows at night, too."""
    skill_minutes: int = 15
    """After how many minutes anybody here may take what needs a skill or a language that nobody who is there
    has; they count as the team's hours go. 0: never."""
    return_seconds: int = 120
    """For how long an agent may be away until what waits for them goes back to the queue; 0: for ever."""
    tells_place: bool = False
    """Whether customers are told their place in the queue, or when somebody is back."""
    closed_words: dict[str, str] = {}
    """What they are told while nobody is there, by language, in one's own words; ``{when}`` becomes the day
    and the hour of the next opening. `en` stands in for languages without; empty: ours."""
    is_default: bool = False
    """Whether it gets what the bot hands over without naming a team. One team at most."""
    is_private: bool = False
    """Whether only its members, supervisors and admins see its conversations."""
    updated_at: datetime


def receiving(
    teams: Iterable[Team],
    *,
    named: str | None = None,
    present: str | None = None,
    language: str | None = None,
) -> Team | None:
    """The team that a handoff goes to; None if there is none for it.

    It is the one that the bot names, by id or by name; else the one that the conversation is with already;
    else the default one, or, if that does not speak the customer's language, one that expressly does.
    """
    known = list(teams)
    wanted = (named or "").strip().casefold()
    for team in known:
        if wanted and wanted in (team.id, team.name.casefold()):
            return team
    if found := next((team for team in known if team.id == present), None):
        return found
    default = next((team for team in known if team.is_default), None)
    if default is None or not language or not default.languages or speaks(default.languages, language):
        return default
    return next((t for t in known if t.languages and speaks(t.languages, language)), default)
