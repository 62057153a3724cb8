"""The faults of a world, planted into the contacts and calls that it would have had without them.

People, firms and moves stay those of the world without faults, and so does all that happened
before a fault.
"""

from dataclasses import replace

import numpy as np

from python_scoring.arrays import Flags, Vector
from python_scoring.simulate.days import DAYS_PER_MONTH, NEVER, DayNumbers, day_of
from python_scoring.simulate.faults import Fault, Faults
from python_scoring.simulate.snapshot.crm import lead_owners, owner_ids
from python_scoring.simulate.world.history import World


def plant_faults(world: World) -> World:
    """Return the world with the faults of its request."""
    faults, leads, outcomes = world.request.faults, world.leads, world.outcomes
    is_new = _is_new_kind(world, faults)
    contact = leads.contact.copy()
    if faults.new_kind:
        contact[is_new & ~_within(contact, faults.new_kind)] = NEVER
    kept = _calls_kept(world, contact, is_new)
    draw = world.request.stream("faults").random(contact.size)
    stays = (draw < kept) & (contact < NEVER)
    return replace(
        world,
        leads=replace(leads, contact=contact),
        outcomes=replace(
            outcomes,
            probability=np.where(contact < NEVER, outcomes.probability * kept, np.nan),
            is_positive=outcomes.is_positive & stays,
            call=np.where(stays, outcomes.call, NEVER).astype(np.int32),
        ),
    )


def _calls_kept(world: World, contact: DayNumbers, is_new: Flags) -> Vector:
    """Share of each lead's calls that comes, shape (leads,)."""
    faults, kept = world.request.faults, np.ones(contact.size)
    if faults.new_kind:
        kept[is_new] *= faults.new_kind.calls_kept
    if faults.fewer_calls:
        kept[_within(contact, faults.fewer_calls)] *= faults.fewer_calls.calls_kept
    if faults.silent_owner:
        owner = np.array(owner_ids(contact.size))[lead_owners(world)]
        silent = _within(contact, faults.silent_owner) & (owner == faults.silent_owner.owner)
        kept[silent] = 0.0
    return kept


def _is_new_kind(world: World, faults: Faults) -> Flags:
    """Whether a lead's first registration began so long before the contact, shape (leads,)."""
    contact = world.leads.contact
    if faults.new_kind is None:
        return np.zeros(contact.size, dtype=np.bool_)
    first = np.full(world.people.crd.size, NEVER, dtype=np.int32)
    np.minimum.at(first, world.registrations.advisor, world.registrations.start)
    days = faults.new_kind.industry_months * DAYS_PER_MONTH
    return np.asarray(contact - first[world.leads.advisor] >= days)


def _within(days: DayNumbers, fault: Fault) -> Flags:
    return (days >= day_of(fault.first)) & (days <= day_of(fault.last))
