"""From all permits of an event to the one word by which it may be confirmed."""

from itertools import combinations_with_replacement

from campaign_app.events.models import GATES
from campaign_app.permits.gate import gate
from campaign_app.permits.models import STATES


def test_while_nobody_has_said_anything_it_waits() -> None:
    assert gate([]) == "waiting"


def test_it_is_as_weak_as_the_weakest_permit() -> None:
    for many in (1, 2, 3):
        for states in combinations_with_replacement(STATES, many):
            assert gate(states) == weakest(set(states)), states
            assert gate(reversed(states)) == gate(states)


def weakest(states: set[str]) -> str:
    """Say it another way than the code does."""
    if "to_file" in states or "refused" in states:
        return "waiting"
    if "goes_ahead" in states:
        return "goes_ahead"
    if "filed" in states:
        return "filed"
    return "granted" if "granted" in states else "not_needed"


def test_it_says_nothing_that_an_event_does_not_know() -> None:
    assert {gate([state]) for state in STATES} == set(GATES)
