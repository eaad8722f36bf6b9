"""The secret key exchanged: what is sealed is sealed anew, and what was only signed stays good."""

from inbox.model.audit import audit_key
from inbox.model.secrets import Unsealable, Vault, derived
from inbox.store import Store

KEPT = ("visitors", "files")
"""What is signed with a key of its own that outlives the secret key: who a web chat's visitor is, and the
addresses of files that messages on their way name."""


async def rotate_to(new: str, old: str, *, store: Store) -> int:
    """Seal everything with the new key and say how many documents had another. Safe to begin again.

    Raises `Unsealable` if a value is sealed with neither key; what was sealed anew by then stays so.
    """
    before, after = Vault(old), Vault(new)
    present = await signing_keys(old, new, store=store)
    for name in KEPT:
        await store.sealed.keep_key(name, after.seal(present[name].hex()))

    def work(value: str) -> str:
        try:
            after.open(value)
        except Unsealable:
            return after.seal(before.open(value))
        return value

    number = await store.sealed.reseal(work)
    if not await store.audit.sign_anew(audit_key(old), audit_key(new)):
        raise Unsealable("The audit log's end is not signed with the old key. See `parley audit verify`.")
    store.audit.sign_with(audit_key(new))
    return number


async def signing_keys(*secrets: str, store: Store) -> dict[str, bytes]:
    """The keys of `KEPT`: those that a former secret key left, else those of the first of the secrets.

    Raises `Unsealable` if they were left under none of them.
    """
    kept = await store.sealed.kept_keys()
    found = {}
    for name in KEPT:
        sealed = kept.get(name)
        found[name] = bytes.fromhex(_open(sealed, secrets)) if sealed else derived(secrets[0], name)
    return found


def _open(sealed: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        try:
            return Vault(secret).open(sealed)
        except Unsealable:
            continue
    raise Unsealable("PARLEY_SECRET_KEY is not the one that this was sealed with.")
