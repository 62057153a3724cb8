"""What the sales team did about its leads: Salesforce's Task table, as it stood on a day."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_scoring.arrays import Flags
from python_scoring.simulate.snapshot import columns
from python_scoring.simulate.world.history import World

CALLED_SHARE = 0.8
"""Of contacted leads; one that has a call scheduled was called in any case."""
MEAN_FURTHER_CALLS = 1.0
MEAN_DAYS_TO_CALL = 4.0
DISPOSITIONS = ["Connected", "Left voicemail", "No answer"]
_DAY = 86_400_000_000


def deliver_tasks(world: World, leads: pa.Table, day: int) -> pa.Table:
    """`task`: an email to each contacted lead, and the calls of those who were called.

    Args:
        world: The world, for its random stream.
        leads: The delivered `lead` table.
        day: Day of the delivery; later activities have not happened yet.
    """
    rng = world.request.stream("tasks")
    lead = _contacted(leads)
    moment = pc.cast(lead["stage_entered_contacting__c"], pa.int64()).to_numpy()
    is_called = rng.random(moment.size) < CALLED_SHARE
    is_called |= lead["Stage_Entered_Call_Scheduled__c"].is_valid().to_numpy()
    is_called &= ~_is_silent(world, lead)
    calls = np.where(is_called, 1 + rng.poisson(MEAN_FURTHER_CALLS, moment.size), 0)
    # an email first, then the calls of each lead
    of_lead = np.repeat(np.arange(moment.size), 1 + calls)
    is_email = np.r_[True, of_lead[1:] != of_lead[:-1]][: of_lead.size]
    delay = np.floor(rng.exponential(MEAN_DAYS_TO_CALL, of_lead.size)).astype(np.int64)
    created = moment[of_lead] + np.where(is_email, 0, delay * _DAY)
    happened = np.flatnonzero(created < (day + 1) * _DAY)
    of_lead, is_email, created = of_lead[happened], is_email[happened], created[happened]
    disposition = rng.integers(0, len(DISPOSITIONS), of_lead.size)
    number = pc.utf8_lpad(pa.array(np.arange(of_lead.size)).cast(pa.string()), 9, "0")
    return pa.table(
        {
            "Id": pc.binary_join_element_wise("00TSIM", number, "AAA", ""),
            "WhoId": lead["Id"].combine_chunks().take(pa.array(of_lead)),
            "OwnerId": lead["OwnerId"].combine_chunks().take(pa.array(of_lead)),
            "CreatedDate": pa.array(created).cast(pa.timestamp("us")),
            "Type": columns.picked(["Call", "Email"], is_email.astype(np.int64)),
            "CallDisposition": columns.picked(DISPOSITIONS, disposition, is_email),
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
