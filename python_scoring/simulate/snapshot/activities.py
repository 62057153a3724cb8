"""What the sales team did about its leads: Salesforce's Task table, as it stood on a day."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_scoring.arrays import Flags
from python_scoring.simulate.days import NEVER
from python_scoring.simulate.snapshot import columns
from python_scoring.simulate.snapshot.crm import lead_ids, recorded_calls
from python_scoring.simulate.world.history import World

CALLED_SHARE = 0.85
"""Of contacted leads; one that has a call scheduled was called in any case. Not 0.8, below which
`sales_work` says that too few were called: a healthy world must not lie on that edge."""
MEAN_FURTHER_CALLS = 1.0
MEAN_DAYS_TO_CALL = 4.0
DISPOSITIONS = ["Connected", "Left voicemail", "No answer"]
_DAY = 86_400_000_000


def deliver_tasks(world: World, leads: pa.Table, day: int) -> pa.Table:
    """`task`: an email to each contacted lead, and the calls of those who were called.

    All that will ever happen is drawn, whatever the day: an activity is the same in each delivery.

    Args:
        world: The world.
        leads: The delivered `lead` table.
        day: Day of the delivery; later activities have not happened yet.
    """
    rng = world.request.stream("tasks")
    count = world.leads.contact.size
    is_called = rng.random(count) < CALLED_SHARE
    is_called |= recorded_calls(world) < NEVER
    calls = 1 + rng.poisson(MEAN_FURTHER_CALLS, count)
    # an email first, then the calls of each lead
    of_lead = np.repeat(np.arange(count), 1 + calls)
    is_email = np.r_[True, of_lead[1:] != of_lead[:-1]][: of_lead.size]
    delay = np.floor(rng.exponential(MEAN_DAYS_TO_CALL, of_lead.size)).astype(np.int64)
    disposition = rng.integers(0, len(DISPOSITIONS), of_lead.size)

    lead = _contacted(leads)
    position = pc.index_in(lead["Id"], lead_ids(count)).to_numpy()
    row = np.full(count, -1)
    row[position] = np.arange(position.size)
    moment = np.zeros(count, dtype=np.int64)
    moment[position] = pc.cast(lead["stage_entered_contacting__c"], pa.int64()).to_numpy()
    is_called[position] &= ~_is_silent(world, lead)
    created = moment[of_lead] + np.where(is_email, 0, delay * _DAY)
    has_happened = (row[of_lead] >= 0) & (created < (day + 1) * _DAY)
    delivered = np.flatnonzero(has_happened & (is_email | is_called[of_lead]))
    number = pc.utf8_lpad(pa.array(delivered).cast(pa.string()), 9, "0")
    lead_row, is_email = pa.array(row[of_lead[delivered]]), is_email[delivered]
    return pa.table(
        {
            "Id": pc.binary_join_element_wise("00TSIM", number, "AAA", ""),
            "WhoId": lead["Id"].combine_chunks().take(lead_row),
            "OwnerId": lead["OwnerId"].combine_chunks().take(lead_row),
            "CreatedDate": pa.array(created[delivered]).cast(pa.timestamp("us")),
            "Type": columns.picked(["Call", "Email"], is_email.astype(np.int64)),
            "CallDisposition": columns.picked(DISPOSITIONS, disposition[delivered], is_email),
        }
    )


def _is_silent(world: World, lead: pa.Table) -> Flags:
    """Whether the owner of a contacted lead calls nobody who is contacted on that day."""
    silent = world.request.faults.silent_owner
    if silent is None:
        return np.zeros(lead.num_rows, dtype=np.bool_)
    contacted = pc.cast(lead["stage_entered_contacting__c"], pa.date32())
    within = pc.and_(
        pc.greater_equal(contacted, silent.first), pc.less_equal(contacted, silent.last)
    )
    return np.asarray(pc.and_(within, pc.equal(lead["OwnerId"], silent.owner)))


def _contacted(leads: pa.Table) -> pa.Table:
    """Contacted leads, each once: a doubled row stands right after its first."""
    ids = leads["Id"].to_numpy(zero_copy_only=False)
    is_first = np.r_[True, ids[1:] != ids[:-1]][: ids.size]
    contacted = leads["stage_entered_contacting__c"].is_valid().to_numpy()
    return leads.take(pa.array(np.flatnonzero(is_first & contacted)))
