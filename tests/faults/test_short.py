"""The short form of the fault harness: a few faults of each sort, one after the other, in a few minutes.

PARLEY_FAULTS_SEED chooses other times and victims. The long form is `make faults`; see docs/faults.md.
"""

import os
from pathlib import Path

import pytest

from tests.faults.trial import plan_of, run

SEED = int(os.environ.get("PARLEY_FAULTS_SEED", "20261122"))

pytestmark = pytest.mark.timeout(300)

SORTS = {
    "processes": ("kill-application", "kill-turn", "kill-sending", "stop-application"),
    "store": ("kill-mongodb", "step-down", "freeze-mongodb", "full-disk"),
    "provider": ("provider-hangs", "provider-500", "webhooks-twice", "webhooks-batch", "webhooks-shuffled"),
    "halves": ("freeze-bot", "halved-provider", "kill-batch", "stop-redis"),
    "wires": ("cut-store", "deaf-provider", "kill-bot", "clock-jump"),
}


@pytest.mark.parametrize("sort", SORTS)
async def test_nothing_is_lost_doubled_or_said_out_of_turn(sort: str, tmp_path: Path) -> None:
    verdict = await run(plan_of(SORTS[sort], seed=SEED, customers=6), tmp_path)
    told = "\n".join(verdict.told)
    print(told)
    assert verdict.complaints == [], f"seed {SEED}; logs in {tmp_path}\n{told}"
