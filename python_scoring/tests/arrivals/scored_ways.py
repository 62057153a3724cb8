"""Ways to learn from a late vendor, each judged offline, as `train` would, and live.

Live are the features that each contact day's own delivery held. They are built from that delivery
by itself, so no rule about known days is taken for granted.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from python_scoring.arrays import Integers, Vector
from python_scoring.dataset.read import read_flat
from python_scoring.dataset.splits import TEST, SplitRule
from python_scoring.features.contract import project_contract
from python_scoring.model.artifact import Draft
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.booster import margins
from python_scoring.simulate.simulation import World, deliver
from python_scoring.simulate.snapshot.vendor import (
    deliver_contacts,
    deliver_firm_months,
    deliver_history,
)
from python_scoring.tests.support.feature_engine import compile_features
from python_scoring.tests.support.feature_tables import FeatureTables
from python_scoring.training.train import TrainingSettings, train

CAMPAIGN_END = date(2025, 8, 31)
"""Contacts after it are few; the last delivery comes so late that it holds all of their past."""
LAST_DELIVERY = date(2026, 4, 30)
Delivery = dict[str, pa.Table]


@dataclass(frozen=True)
class Scores:
    """A model's answer to the test leads, shape (n,) each.

    Args:
        raw: What ranks.
        probability: What is said.

    """

    raw: Vector
    probability: Vector


@dataclass(frozen=True)
class Way:
    """One way of learning, judged twice.

    Args:
        name: What it is.
        offline: On the test rows of the table that it was trained on.
        live: On the features that each contact day's delivery held.

    """

    name: str
    offline: Scores
    live: Scores


def engine(lag_days: int = 0, delivery_date: date | None = None) -> FeatureTables:
    """Compile the feature SQL with a lag, and with the day of the delivery where it has one."""
    days = {"score_date": str(LAST_DELIVERY), "analysis_date": str(LAST_DELIVERY)}
    more = {"fintrx_lag_days": lag_days}
    if delivery_date:
        days["delivery_date"] = str(delivery_date)
    with tempfile.TemporaryDirectory() as scratch:
        return FeatureTables(compile_features(Path(scratch), days | more))


def campaign(world: World, day: date = LAST_DELIVERY) -> Delivery:
    """Return a delivery with the contacts of the campaign only, and nobody to prospect."""
    tables = deliver(world, day)
    contacted = pc.cast(tables["lead"].column("stage_entered_contacting__c"), pa.date32())
    tables["lead"] = tables["lead"].filter(pc.less_equal(contacted, pa.scalar(CAMPAIGN_END)))
    return without_prospects(tables)


def without_prospects(tables: Delivery) -> Delivery:
    """Return a delivery of which nobody but the leads gets features."""
    contacts = tables["ria_contacts_current"]
    place = contacts.column_names.index("PRODUCING_ADVISOR")
    none = pa.array(np.zeros(contacts.num_rows, dtype=np.bool_))
    contacts = contacts.set_column(place, "PRODUCING_ADVISOR", none)
    return tables | {"ria_contacts_current": contacts}


def live_features(
    world: World, leads: pa.Table, days: list[date], engines: Sequence[FeatureTables]
) -> list[pa.Table]:
    """Return the features of leads as each contact day's own delivery gives them.

    Args:
        world: The world.
        leads: The lead table of the campaign.
        days: Contact days wanted.
        engines: Ways to make features; one table is returned for each.
    """
    contacted = pc.cast(leads.column("stage_entered_contacting__c"), pa.date32())
    built: list[list[pa.Table]] = [[] for _ in engines]
    for day in days:
        tables = {
            "ria_contacts_current": deliver_contacts(world, day),
            "contact_registered_employment_history": deliver_history(world, day),
            "firm_historicals": deliver_firm_months(world, day),
            "lead": leads.filter(pc.equal(contacted, pa.scalar(day))),
        }
        if tables["lead"].num_rows:
            for found, sql in zip(built, engines, strict=True):
                found.append(sql.build(without_prospects(tables)))
    return [pa.concat_tables(found).sort_by("prediction_id") for found in built]


class Learner:
    """Trains on features of the campaign's leads and scores the test leads.

    Args:
        world: The world; its outcomes are the labels.
        progress: Called with what is done.

    Attributes:
        truth: True chance of each lead of the world.
        test_leads: Positions of the test leads, rising.
        test_days: Days of the test period.
        live: Features of the test leads without a lag, from each contact day's delivery.

    """

    def __init__(self, world: World, progress: Callable[[str], None]) -> None:
        contact = world.leads.contact.astype("datetime64[D]")
        self._label = world.outcomes.is_positive.astype(np.float64)
        self._contact = contact
        self.truth: Vector = world.outcomes.probability
        self._progress = progress
        self.test_leads: Integers = np.empty(0, dtype=np.int64)
        self.test_days: list[date] = []
        self.live: pa.Table = None

    def learn(self, name: str, features: pa.Table) -> tuple[Draft, Scores]:
        """Train as `lead-scoring train` does; return the draft and its answer to the test rows."""
        lead = lead_numbers(features)
        order = np.lexsort((lead, self._contact[lead]))
        table = features.take(pa.array(order))
        lead = lead[order]
        for column, values in (("label", self._label), ("contacted", self._contact)):
            table = table.append_column(column, pa.array(values[lead]))
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "leads.parquet"
            pq.write_table(table, path)
            names = project_contract().names
            labelled = read_flat(
                path, label="label", date="contacted", features=names, rule=SplitRule()
            )
        draft = train(labelled, TrainingSettings(note="invented data")).draft
        test = labelled.part(TEST)
        found = lead[test.positions]
        by_lead = np.argsort(found)
        self.test_leads = found[by_lead]
        first, last = test.dates.min().astype(date), test.dates.max().astype(date)
        self.test_days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._progress(f"trained: {name}")
        return draft, scores(draft, test.features[by_lead])

    def judge(self, draft: Draft, features: pa.Table) -> Scores:
        """Score the test leads by other features of them."""
        lead = lead_numbers(features)
        rows = np.searchsorted(lead, self.test_leads)
        if not np.array_equal(lead[rows], self.test_leads):
            raise ValueError("not every test lead has features")
        frame = features.select(draft.contract.names).take(pa.array(rows)).to_pandas()
        return scores(draft, draft.contract.matrix(frame))


def scores(draft: Draft, matrix: Vector) -> Scores:
    """Score rows of features, shape (n, features)."""
    raw = raw_scores(margins(draft.model, matrix))
    return Scores(raw, draft.curve.apply(raw))


def lead_numbers(features: pa.Table) -> Integers:
    """Positions of the leads in their world, from ids such as lead:00QSIM000000012AAA."""
    digits = pc.utf8_slice_codeunits(features.column("prediction_id"), 11, 20)
    return np.asarray(digits.cast(pa.int64()).to_numpy())
