"""`parley user`: those who may sign in."""

import secrets
import sys
from typing import Annotated

import typer
from rich.table import Table

from inbox.actions import factors, invitations, people
from inbox.actions.audit import note
from inbox.cli.store import now, with_store
from inbox.cli.terminal import err, fail, out
from inbox.http.join import link_of
from inbox.model.invitation import Invitation
from inbox.model.people import OPERATOR, Role, User
from inbox.settings import Settings
from inbox.store import Store

commands = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(help="Mail address, by which the user signs in.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make up a password and print it.")]


@commands.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Name that colleagues see.")] = "",
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.AGENT,
    generate: Generate = False,
) -> None:
    """Add a user. The password is asked for, or read from standard input."""
    password = _password(generate)

    async def work(store: Store, _: Settings) -> User:
        user = await people.add_user(email, name, role, password, store=store, clock=now)
        told = {"role": role.value, "by": "command line"}
        await note(OPERATOR, "user.added", f"user:{user.id}", store=store, clock=now, after=told)
        return user

    user = with_store(work)
    out.print(f"{user.email} may sign in as {user.role}.")
    if generate:
        out.print(f"Password: {password}", markup=False)


@commands.command()
def invite(
    email: Email,
    role: Annotated[
        str, typer.Option(help="What they may do: a role's name, or the id of one of yours.")
    ] = "agent",
    team: Annotated[
        list[str] | None, typer.Option(help="Id of a team that they join; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option(help="For how long the link is good.")] = invitations.DAYS,
) -> None:
    """Print a link by which somebody makes their own account, once."""

    async def work(store: Store, settings: Settings) -> tuple[str, Invitation]:
        secret, invitation = await invitations.invite(
            OPERATOR, email=email, role=role, team_ids=team or (), days=days, store=store, clock=now
        )
        return link_of(settings, secret), invitation

    link, invitation = with_store(work)
    out.print(link, markup=False, soft_wrap=True)
    err.print(
        f"For {invitation.email}, once, until {invitation.expires_at:%Y-%m-%d %H:%M} UTC.", markup=False
    )


@commands.command("list")
def list_users() -> None:
    """List all users."""

    async def work(store: Store, _: Settings) -> list[User]:
        return await store.users.list(sort="email")

    table = Table("Email", "Name", "Role", "May sign in", "Since")
    for user in with_store(work):
        state = "no" if user.disabled else "yes"
        table.add_row(user.email, user.name, user.role, state, f"{user.created_at:%Y-%m-%d}")
    out.print(table)


@commands.command()
def password(email: Email, generate: Generate = False) -> None:
    """Give a user a new password and end their sessions."""
    chosen = _password(generate)

    async def work(store: Store, _: Settings) -> None:
        user = await store.users.first({"email": email.strip().lower()})
        if user is None:
            fail(f"There is no user {email}. `parley user list` shows all.")
        await people.set_password(user, chosen, store=store)
        told = {"by": "command line"}
        await note(OPERATOR, "password.changed", f"user:{user.id}", store=store, clock=now, after=told)

    with_store(work)
    out.print(f"The password of {email} is changed.")
    if generate:
        out.print(f"Password: {chosen}", markup=False)


@commands.command("reset-factors")
def reset_factors(email: Email) -> None:
    """Take away what a user signs in with besides the password, because they lost it; their sessions end."""

    async def work(store: Store, _: Settings) -> None:
        user = await store.users.first({"email": email.strip().lower()})
        if user is None:
            fail(f"There is no user {email}. `parley user list` shows all.")
        await factors.reset(user.id, OPERATOR, store=store, clock=now)

    with_store(work)
    out.print(f"{email} signs in by password alone, until a second step is set up anew.")


def _password(generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n") or fail("No password came on standard input; or use --generate.")
