"""How many files and connections this process may have open: as many as the machine allows, and enough."""

import resource

from inbox.machine.errors import MachineTrouble

WISHED = 64_000
"""What is asked for where the machine sets no bound of its own: MongoDB wants so many, shells give 1,024."""

LEAST = 256
"""Below this a process has its own connections and hardly anybody else's."""


def allowed() -> int:
    """How many there may be at most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft, WISHED if hard == resource.RLIM_INFINITY else min(WISHED, hard))


def allow_as_many_as_may_be() -> None:
    """Raise this process's limit to what is allowed. Raises `MachineTrouble` if that is too little."""
    most = allowed()
    if most < LEAST:
        raise MachineTrouble(
            f"Only {most} files and connections may be open at once; Parley needs {LEAST}, and one more "
            "for each visitor. Raise the limit: `ulimit -n 65536`, or LimitNOFILE= in systemd's unit."
        )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
