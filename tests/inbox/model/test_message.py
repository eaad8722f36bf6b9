"""Statuses of outgoing messages: only forward, whatever the order in which reports come."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.events import DeliveryStatus
from inbox.model.message import may_become

S = DeliveryStatus
REPORTS = st.lists(st.sampled_from([S.SENT, S.DELIVERED, S.READ, S.FAILED, S.CANCELLED]), max_size=12)
PLACES = {S.QUEUED: 0, S.SENDING: 1, S.SENT: 2, S.FAILED: 2.5, S.CANCELLED: 2.5, S.DELIVERED: 3, S.READ: 4}


def after(present: str, reports: list[DeliveryStatus]) -> list[str]:
    """The statuses that a message passes through."""
    passed = [present]
    for report in reports:
        if may_become(passed[-1], report):
            passed.append(report)
    return passed


@given(st.sampled_from(list(S)), REPORTS)
def test_a_status_never_goes_backwards(present: DeliveryStatus, reports: list[DeliveryStatus]) -> None:
    places = [PLACES[S(status)] for status in after(present, reports)]
    assert places == sorted(set(places))


@given(REPORTS, st.randoms())
def test_reports_of_progress_may_come_in_any_order(reports: list[DeliveryStatus], chance) -> None:
    progress = [report for report in reports if report not in (S.FAILED, S.CANCELLED)]
    shuffled = list(progress)
    chance.shuffle(shuffled)
    assert after(S.SENDING, progress)[-1] == after(S.SENDING, shuffled)[-1]


@given(st.sampled_from(list(S)), st.sampled_from(list(S)))
def test_the_same_report_again_changes_nothing(present: DeliveryStatus, report: DeliveryStatus) -> None:
    once = report if may_become(present, report) else present
    assert not may_become(once, report)


def test_what_the_customer_has_cannot_fail_any_more() -> None:
    assert not may_become(S.DELIVERED, S.FAILED)
    assert not may_become(S.READ, S.CANCELLED)


def test_what_failed_and_arrived_after_all_has_arrived() -> None:
    assert may_become(S.FAILED, S.DELIVERED)
    assert not may_become(S.FAILED, S.SENT)


@given(st.sampled_from(list(S)))
def test_what_came_in_has_no_delivery(report: DeliveryStatus) -> None:
    assert not may_become("received", report)
    assert not may_become("stored", report)
