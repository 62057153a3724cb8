"""The simulated world itself: its truth, its firms, and what its people do."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.arrays import Flags, Vector
from python_scoring.errors import InputError
from python_scoring.simulate.days import NEVER, weekdays_of
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import World, build_world
from python_scoring.simulate.world.careers import Careers, simulate_careers
from python_scoring.simulate.world.firms import FIRST_MONTH, draw_firms
from python_scoring.simulate.world.leads import Leads
from python_scoring.simulate.world.registrations import draw_registrations
from python_scoring.simulate.world.situation import situation_at_contact


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldRequest(advisors=40_000, leads=25_000, seed=11))


def probabilities(world: World) -> Vector:
    return world.outcomes.probability[world.leads.is_contacted]


def expected_auc(probability: Vector) -> float:
    """Area under the curve that the probabilities have, were each outcome drawn many times."""
    rising = np.sort(probability)
    negatives_below = np.cumsum(1 - rising) - (1 - rising) / 2
    return float((rising * negatives_below).sum() / (rising.sum() * (1 - rising).sum()))


def test_truth_has_the_promised_base_rate_lift_and_auc(world: World) -> None:
    probability = np.sort(probabilities(world))[::-1]
    lift = probability[: probability.size // 10].mean() / probability.mean()
    assert probability.mean() == pytest.approx(0.04, abs=1e-6)
    assert 3.0 < lift < 3.7
    assert 0.70 < expected_auc(probability) < 0.74


def test_outcomes_follow_the_truth(world: World) -> None:
    """Within each fifth of the true probability, as many convert as the truth says."""
    contacted = world.leads.is_contacted
    probability, positive = probabilities(world), world.outcomes.is_positive[contacted]
    for fifth in np.array_split(np.argsort(probability), 5):
        p = probability[fifth]
        spread = np.sqrt((p * (1 - p)).sum())
        assert abs(positive[fifth].sum() - p.sum()) < 4 * spread


def test_without_signal_all_leads_are_alike() -> None:
    probability = probabilities(build_world(WorldRequest(800, 500, 3, signal=0.0)))
    assert np.ptp(probability) == 0.0
    assert probability[0] == pytest.approx(0.04)


def test_a_stronger_signal_separates_better() -> None:
    aucs = [
        expected_auc(probabilities(build_world(WorldRequest(3_000, 3_000, 3, signal=signal))))
        for signal in (0.5, 1.0, 2.0)
    ]
    assert aucs == sorted(aucs)
    assert aucs[2] - aucs[0] > 0.1


def test_calls_come_when_the_outcome_says(world: World) -> None:
    positive, call = world.outcomes.is_positive, world.outcomes.call
    delay = (call - world.leads.contact)[positive]
    assert delay.min() >= 1
    assert delay.max() <= 30
    assert np.mean(delay <= 14) > 0.75
    assert weekdays_of(call[positive]).max() <= 4
    late = ~positive & (call < NEVER)
    assert late.sum() > 0
    assert (call - world.leads.contact)[late].min() > 30
    assert (call[~world.leads.is_contacted] == NEVER).all()


def test_contacts_fall_on_weekdays_and_some_leads_are_never_contacted(world: World) -> None:
    leads = world.leads
    assert set(weekdays_of(leads.contact[leads.is_contacted])) == {0, 1, 2, 3, 4}
    assert 0.03 < np.mean(~leads.is_contacted) < 0.07
    day = leads.contact.astype("datetime64[D]")
    campaign = (day >= np.datetime64("2024-02-01")) & (day <= np.datetime64("2025-08-31"))
    assert 0.78 < campaign.mean() < 0.82


def test_conversion_is_followed_by_moves(world: World) -> None:
    """The leak that end dates carry: who took the call has left the firm half a year later."""
    leads, contacted = world.leads, world.leads.is_contacted
    leave_after = np.full(contacted.size, False)
    registrations = world.registrations
    for lead in np.flatnonzero(contacted)[:12_000]:
        low, high = np.searchsorted(
            registrations.advisor, [leads.advisor[lead], leads.advisor[lead] + 1]
        )
        gone = registrations.leave[low:high] - leads.contact[lead]
        leave_after[lead] = ((gone > 0) & (gone < 180)).any()
    sample = np.flatnonzero(contacted)[:12_000]
    positive = world.outcomes.is_positive[sample]
    moved = leave_after[sample]
    assert moved[positive].mean() > 3 * moved[~positive].mean()


def test_firms_are_heavy_tailed_and_the_largest_holds_its_share(world: World) -> None:
    share = np.sort(world.firms.share)[::-1]
    assert share.size == 1_000
    assert share[0] == pytest.approx(0.025)
    assert share[1] < share[0]
    assert share[:100].sum() > 0.4
    assert share.sum() == pytest.approx(1.0)


def leavers_by_firm_month(careers: Careers, firms: int, first: int, last: int) -> Vector:
    """Shape (months, firms)."""
    month = careers.leave.astype("datetime64[D]").astype("datetime64[M]").astype(int)
    counts = np.zeros((last - first, firms))
    inside = (month >= first) & (month < last)
    np.add.at(counts, (month[inside] - first, careers.firm[inside]), 1)
    return counts


def test_firm_decline_persists_and_bleeding_comes_in_clusters() -> None:
    request = WorldRequest(advisors=40_000, leads=1, seed=5)
    firms = draw_firms(request)
    careers = simulate_careers(request, firms, lambda: None)
    first, last = FIRST_MONTH + 480, FIRST_MONTH + 480 + 96
    leavers = leavers_by_firm_month(careers, firms.crd.size, first, last)
    moves = np.flatnonzero(careers.is_move)
    arrivals = np.zeros_like(leavers)
    month = careers.start[moves].astype("datetime64[D]").astype("datetime64[M]").astype(int)
    inside = (month >= first) & (month < last)
    np.add.at(arrivals, (month[inside] - first, careers.firm[moves][inside]), 1)
    yearly_net = (arrivals - leavers).reshape(8, 12, -1).sum(axis=1)
    persistence = np.corrcoef(yearly_net[:-1].ravel(), yearly_net[1:].ravel())[0, 1]
    assert persistence > 0.25

    bleeding: Flags = firms.bleeding[first - FIRST_MONTH : last - FIRST_MONTH]
    usual_size = np.broadcast_to(firms.share, bleeding.shape)
    rate = leavers[bleeding].sum() / usual_size[bleeding].sum()
    calm_rate = leavers[~bleeding].sum() / usual_size[~bleeding].sum()
    assert rate > 2 * calm_rate


def slow_situation(
    rows: list[tuple[int, int, int]], advisor: int, day: int
) -> tuple[float, int, int, int]:
    """Tenure, moves, net change and reps of one lead, by looping over all registrations."""
    people: dict[int, list[tuple[int, int]]] = {}
    for who, firm, start in sorted(rows, key=lambda row: (row[0], row[2])):
        people.setdefault(who, []).append((start, firm))

    def firm_of(who: int, when: int) -> int | None:
        known = [firm for start, firm in people[who] if start <= when]
        return known[-1] if known else None

    mine = people[advisor]
    here = firm_of(advisor, day)
    moves = sum(
        1
        for before, after in pairwise(mine)
        if after[1] != before[1] and day - 1096 <= after[0] < day - 30
    )
    net = 0
    for who, career in people.items():
        if who == advisor:
            continue
        places: list[int | None] = [None, *(place for _, place in career)]
        for (start, place), left in zip(career, places, strict=False):
            if place != left and day - 365 <= start < day:
                net += (place == here) - (left == here)
    reps = sum(firm_of(who, day) == here for who in people)
    tenure = day - max(start for start, _ in mine if start <= day)
    return tenure / 30.4375, moves, net, reps


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_situation_equals_a_slow_reading_of_the_starts(seed: int) -> None:
    """On days around the advisors' own starts, where the edges of all windows lie."""
    request = WorldRequest(advisors=120, leads=1, seed=seed)
    firms = draw_firms(request)
    careers = simulate_careers(request, firms, lambda: None)
    rng = np.random.default_rng(seed)
    row = rng.choice(np.flatnonzero(careers.start > 19_000), 40)
    after = rng.choice([0, 1, 29, 30, 31, 365, 366, 1095, 1096, 1097], 40)
    leads = Leads(careers.advisor[row], (careers.start[row] + after).astype(np.int32))
    situation = situation_at_contact(careers, firms, leads)
    rows = list(
        zip(careers.advisor.tolist(), careers.firm.tolist(), careers.start.tolist(), strict=True)
    )
    for place, (advisor, day) in enumerate(
        zip(leads.advisor.tolist(), leads.contact.tolist(), strict=True)
    ):
        found = (
            situation.tenure_months[place],
            situation.moves_3yr[place],
            situation.net_change_12mo[place],
            situation.reps[place],
        )
        assert found == pytest.approx(slow_situation(rows, advisor, day))


def test_careers_are_in_order_and_gaps_last_weeks_to_months() -> None:
    request = WorldRequest(advisors=3_000, leads=1, seed=2)
    careers = simulate_careers(request, draw_firms(request), lambda: None)
    following = ~careers.is_first
    gap = careers.start[following] - np.roll(careers.leave, 1)[following]
    assert gap.min() >= 10
    assert gap.max() <= 240
    assert 25 < np.median(gap) < 60
    assert (careers.leave > careers.start).all()
    assert np.array_equal(np.unique(careers.advisor), np.arange(3_000))
    stayed = careers.firm[following] == np.roll(careers.firm, 1)[following]
    assert 0.04 < stayed.mean() < 0.10


def test_a_second_firm_never_hides_the_firm_that_the_truth_is_about() -> None:
    request = WorldRequest(advisors=5_000, leads=1, seed=2)
    firms = draw_firms(request)
    careers = simulate_careers(request, firms, lambda: None)
    registrations = draw_registrations(request, careers, firms)
    assert registrations.start.size > 1.02 * careers.start.size
    vendor = Careers(
        registrations.advisor, registrations.firm, registrations.start, registrations.leave
    )
    latest = vendor.row_at(careers.advisor, careers.start)
    assert np.array_equal(registrations.firm[latest], careers.firm)


def test_some_firms_report_never_late_no_longer_or_with_holes(world: World) -> None:
    reported = world.firms.is_reported
    ever, steps = reported.any(axis=0), np.diff(reported.astype(int), axis=0)
    begins_late = ever & ~reported[0] & ((steps != 0).sum(axis=0) == 1)
    stops = ever & ~reported[-1] & ((steps != 0).sum(axis=0) == 1)
    skips = reported[0] & reported[-1] & ~reported.all(axis=0)
    shares = {
        "never": np.mean(~ever),
        "late": begins_late.mean(),
        "stops": stops.mean(),
        "holes": skips.mean(),
    }
    assert {name: share for name, share in shares.items() if not 0.005 < share < 0.4} == {}


def test_components_do_not_disturb_each_other() -> None:
    """More leads, same seed: the firms and the people stay as they were."""
    few, many = (build_world(WorldRequest(500, leads, 4)) for leads in (100, 400))
    assert np.array_equal(few.firms.aum, many.firms.aum)
    assert np.array_equal(few.people.crd, many.people.crd)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"advisors": 0, "leads": 1, "seed": 1}, "--advisors"),
        ({"advisors": 1, "leads": -5, "seed": 1}, "--leads"),
        ({"advisors": 1, "leads": 1, "seed": -1}, "--seed"),
        ({"advisors": 1, "leads": 1, "seed": 1, "signal": -0.1}, "--signal"),
        ({"advisors": 1, "leads": 1, "seed": 1, "signal": float("nan")}, "--signal"),
    ],
)
def test_impossible_requests_are_refused_by_name(arguments: dict[str, float], named: str) -> None:
    with pytest.raises(InputError, match=named):
        WorldRequest(**arguments)  # type: ignore[arg-type]
