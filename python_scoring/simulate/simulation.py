"""An invented world of advisors, firms and leads, delivered as the vendor would have on a day.

world = build_world(WorldRequest(advisors=16_000, leads=16_000, seed=7))
write_delivery(deliver(world, date(2025, 6, 30)), Path("delivery"))
"""

from collections.abc import Callable
from datetime import date

import pyarrow as pa

from python_scoring.simulate.days import day_of
from python_scoring.simulate.planted import plant_faults
from python_scoring.simulate.request import WorldRequest, check_as_of
from python_scoring.simulate.snapshot.activities import deliver_tasks
from python_scoring.simulate.snapshot.crm import deliver_leads, deliver_truth
from python_scoring.simulate.snapshot.defects import plant_defects
from python_scoring.simulate.snapshot.folder import (
    REGISTRATION_TRUTH,
    TABLES,
    TASKS,
    write_delivery,
)
from python_scoring.simulate.snapshot.series import SeriesRequest, check_series
from python_scoring.simulate.snapshot.summary import DeliverySummary, summarise
from python_scoring.simulate.snapshot.vendor import (
    deliver_contacts,
    deliver_firm_months,
    deliver_history,
    deliver_registration_truth,
)
from python_scoring.simulate.world.history import STEPS, World, world_without_faults

__all__ = [
    "STEPS",
    "TABLES",
    "DeliverySummary",
    "SeriesRequest",
    "World",
    "WorldRequest",
    "build_world",
    "check_as_of",
    "check_series",
    "deliver",
    "deliver_activities",
    "plant_defects",
    "summarise",
    "write_delivery",
]


def build_world(request: WorldRequest, advance: Callable[[], None] = lambda: None) -> World:
    """Make a world with the faults of its request; `advance` is called `STEPS` times on the way."""
    return plant_faults(world_without_faults(request, advance))


def deliver(
    world: World, as_of: date, advance: Callable[[], None] = lambda: None
) -> dict[str, pa.Table]:
    """Make the tables that exist on a day, by name; `advance` is called once for each of `TABLES`.

    Of a vendor that is not prompt, `registration_truth` is among them.

    Raises:
        InputError: The world does not cover `as_of`.

    """
    check_as_of(as_of)
    vendor_day = world.request.faults.vendor_day(as_of)
    makers: tuple[Callable[[], pa.Table], ...] = (
        lambda: deliver_contacts(world, vendor_day),
        lambda: deliver_history(world, vendor_day),
        lambda: deliver_firm_months(world, vendor_day),
        lambda: deliver_leads(world, as_of),
        lambda: deliver_truth(world),
    )
    tables = {}
    for name, make in zip(TABLES, makers, strict=True):
        tables[name] = make()
        advance()
    if not world.request.late.is_prompt:
        tables[REGISTRATION_TRUTH] = deliver_registration_truth(world)
    return tables


def deliver_activities(
    world: World, tables: dict[str, pa.Table], as_of: date
) -> dict[str, pa.Table]:
    """Make the optional table of what sales did about the delivered leads, by name."""
    return {TASKS: deliver_tasks(world, tables["lead"], day_of(as_of))}
