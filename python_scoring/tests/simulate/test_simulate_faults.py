"""What goes wrong in a world: as planned, on its days, and nothing else."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.simulate.days import NEVER
from python_scoring.simulate.faults import Faults, read_faults
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver, deliver_activities
from python_scoring.simulate.world.history import World

ADVISORS, LEADS, SEED = 6_000, 5_000, 8
PLAN = Path(__file__).parents[1] / "year/faults.toml"
END = date(2025, 8, 31)
OWNER = "005SIM000000003AAA"


@pytest.fixture(scope="module")
def plan() -> Faults:
    return read_faults(PLAN)


@pytest.fixture(scope="module")
def fine() -> World:
    return build_world(WorldRequest(ADVISORS, LEADS, SEED))


@pytest.fixture(scope="module")
def broken(plan: Faults) -> World:
    return build_world(WorldRequest(ADVISORS, LEADS, SEED, faults=plan))


def sales(world: World, day: date) -> dict[str, pa.Table]:
    tables = deliver(world, day)
    return tables | deliver_activities(world, tables, day)


def test_before_the_first_fault_nothing_is_another(fine: World, broken: World) -> None:
    day = date(2024, 9, 29)
    ours, theirs = sales(broken, day), sales(fine, day)
    # the new kind was never contacted, and calls nobody: the only fault that lies before its day
    ids = pa.array(
        set(theirs["task"]["WhoId"].to_pylist()) - set(ours["task"]["WhoId"].to_pylist())
    )
    for name in ("ria_contacts_current", "contact_registered_employment_history"):
        assert ours[name].equals(theirs[name]), name
    assert ours["firm_historicals"].equals(theirs["firm_historicals"])
    kept = [
        table.filter(pc.invert(pc.is_in(table["Id"], ids)))
        for table in (ours["lead"], theirs["lead"])
    ]
    assert 0 < len(ids) < 0.1 * fine.leads.contact.size
    assert kept[0].equals(kept[1])


def test_the_stopped_vendor_delivers_its_last_day_and_sales_goes_on(
    fine: World, broken: World, plan: Faults
) -> None:
    stop = plan.vendor_stop
    assert stop is not None
    stopped, last = deliver(broken, stop.last), deliver(fine, stop.first)
    after = stop.last + timedelta(days=1)
    for name in ("ria_contacts_current", "contact_registered_employment_history"):
        assert stopped[name].equals(last[name])
        assert deliver(broken, after)[name].equals(deliver(fine, after)[name])
    contacted = "stage_entered_contacting__c"
    assert pc.max(stopped["lead"][contacted]).as_py().date() > stop.first


def test_the_aum_of_the_planned_months_is_told_wrong(fine: World, broken: World) -> None:
    ours, theirs = (deliver(world, END)["firm_historicals"] for world in (broken, fine))
    factor = pc.divide(pc.cast(ours["TOTAL_AUM"], pa.float64()), theirs["TOTAL_AUM"])
    is_wrong = pc.and_(pc.equal(ours["YEAR"], 2025), pc.equal(ours["MONTH"], 2))
    assert set(pc.unique(factor.filter(is_wrong)).to_pylist()) - {None} == {3.0}
    # month 13 is a slip of any month
    others = factor.filter(pc.and_(pc.invert(is_wrong), pc.less(ours["MONTH"], 13)))
    assert set(pc.unique(others).to_pylist()) - {None} == {1.0}


def test_an_activity_is_the_same_in_every_later_delivery(broken: World) -> None:
    earlier, later = (sales(broken, day)["task"] for day in (date(2024, 9, 29), END))
    until = pc.less_equal(pc.cast(later["CreatedDate"], pa.date32()), date(2024, 9, 29))
    assert 0 < earlier.num_rows < later.num_rows
    assert later.filter(until).equals(earlier)
    assert len(pc.unique(later["Id"])) == later.num_rows


def test_the_silent_owner_calls_nobody_of_these_days(broken: World, plan: Faults) -> None:
    tables = sales(broken, END)
    lead, silent = tables["lead"], plan.silent_owner
    assert silent is not None
    assert silent.owner == OWNER
    day = pc.cast(lead["stage_entered_contacting__c"], pa.date32())
    his = pc.and_(
        pc.equal(lead["OwnerId"], OWNER),
        pc.and_(pc.greater_equal(day, silent.first), pc.less_equal(day, silent.last)),
    )
    his = pc.fill_null(his, False)
    calls = tables["task"].filter(pc.equal(tables["task"]["Type"], "Call"))["WhoId"]
    ids = lead.filter(his)["Id"]
    assert len(ids) > 100
    assert not pc.any(pc.is_in(ids, calls.combine_chunks())).as_py()
    early = pc.less(lead["Stage_Entered_Call_Scheduled__c"], lead["stage_entered_contacting__c"])
    scheduled = lead.filter(his)["Stage_Entered_Call_Scheduled__c"].is_valid()
    assert pc.equal(pc.sum(scheduled), pc.sum(pc.fill_null(early.filter(his), False))).as_py()


def test_the_new_kind_is_contacted_from_its_day_on_and_calls_less(
    fine: World, broken: World, plan: Faults
) -> None:
    gone = (broken.leads.contact == NEVER) & fine.leads.is_contacted
    assert plan.new_kind is not None
    day = (plan.new_kind.first - date(1970, 1, 1)).days
    assert gone.any()
    assert fine.leads.contact[gone].max() < day
    chance = broken.outcomes.probability / fine.outcomes.probability
    shares = {round(float(share), 6) for share in np.unique(chance[~np.isnan(chance)])}
    assert shares == {0.0, 0.25 * 0.45, 0.25, 0.45, 1.0}


def test_fewer_calls_come_by_the_planned_share(fine: World, broken: World, plan: Faults) -> None:
    assert plan.fewer_calls is not None
    after = fine.leads.contact >= (plan.fewer_calls.first - date(1970, 1, 1)).days
    ours, theirs = (world.outcomes.is_positive & after for world in (broken, fine))
    assert not (ours & ~theirs).any()
    assert 0.25 < ours.sum() / theirs.sum() < 0.6


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[typo]", "no fault 'typo'"),
        ("vendor_stop = 3", "vendor_stop without a table"),
        ("[vendor_stop]\nfrom = 2024-12-01", "lacks 'until'"),
        ("[vendor_stop]\nfrom = 2024-12-01\nuntil = 2024-12-02\nx = 1", "does not know 'x'"),
        ("[vendor_stop]\nfrom = 2024-12-03\nuntil = 2024-12-02", "before it begins"),
        ("[vendor_stop]\nfrom = 2024-12-03T00:00:00\nuntil = 2024-12-04", "another type"),
        (
            "[fewer_calls]\nfrom = 2024-12-03\nuntil = 2024-12-04\ncalls_kept = 2",
            "calls_kept as 2, not from 0 to 1",
        ),
        (
            "[fewer_calls]\nfrom = 2024-12-03\nuntil = 2024-12-04\ncalls_kept = nan",
            "calls_kept as nan, not from 0 to 1",
        ),
        (
            "[fewer_calls]\nfrom = 2024-12-03\nuntil = 2024-12-04\ncalls_kept = true",
            "calls_kept as True, which is of another type",
        ),
        ("[vendor_stop", "cannot be read"),
    ],
)
def test_a_plan_that_says_something_else_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="looked for in vain") as refused:
        read_faults(path)
    assert words in str(refused.value)


def test_the_command_reads_the_plan_and_refuses_a_missing_one(tmp_path: Path) -> None:
    words = ["simulate", "--advisors", "400", "--leads", "100", "--seed", "1"]
    words += ["--as-of", "2025-06-30", "--faults"]
    done = CliRunner().invoke(main, [*words, str(PLAN), "--out", str(tmp_path / "world")])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, [*words, "none.toml", "--out", str(tmp_path / "other")])
    assert done.exit_code == 2
    assert "Fix:" in done.output
