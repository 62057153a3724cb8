"""The lease that keeps two syncs of one BigQuery dataset apart: one row, which its holder renews.

A file lock would hold on one machine only. The row is made together with its table, so taking it is
always an update: BigQuery lets one of two updates of a row wait for the other, while two inserts
may both go through.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from uuid import uuid4

import pyarrow as pa

from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse.protocol import Value

STALE_SECONDS = 180
"""A lease that was not renewed for so long is of a run that was killed, and may be taken."""
RENEW_SECONDS = 20.0
# Its own clock against the warehouse's: the holder stops so long before others may take the lease.
_MARGIN_SECONDS = 60

_MAKE = """
create table if not exists sync_lease as
select 1 as lease, cast(null as string) as holder, cast(null as timestamp) as renewed_at
"""
_TAKE = f"""
merge into sync_lease as held
using (select 1 as lease, ? as holder, current_timestamp() as moment) as wanted
on held.lease = wanted.lease
when matched and (
    held.holder is null
    or held.renewed_at < timestamp_sub(wanted.moment, interval {STALE_SECONDS} second)
) then update set holder = wanted.holder, renewed_at = wanted.moment
"""
_RENEW = """
merge into sync_lease as held
using (select ? as holder, current_timestamp() as moment) as wanted
on held.holder = wanted.holder
when matched then update set renewed_at = wanted.moment
"""
_GIVE_BACK = """
merge into sync_lease as held
using (select ? as holder) as wanted
on held.holder = wanted.holder
when matched then update set holder = cast(null as string)
"""
_HOLDER = "select holder, renewed_at from sync_lease"

Change = Callable[[str, Sequence[Value]], int]
Query = Callable[[str], pa.Table]


@contextmanager
def held_lease(change: Change, query: Query, place: str) -> Iterator[Callable[[], None]]:
    """Hold the lease while the block lasts; a thread renews it.

    Args:
        change: Runs a statement and returns how many rows it changed.
        query: Runs a select.
        place: Project and dataset, for errors.

    Yields:
        What raises WarehouseError where the lease can no longer be relied upon.

    Raises:
        WarehouseError: Another sync holds it.
    """
    holder = f"{socket.gethostname()}, process {os.getpid()}, {uuid4().hex}"
    change(_MAKE, ())
    renewed = [time.monotonic()]
    if not change(_TAKE, (holder,)):
        raise _taken(query(_HOLDER).to_pylist()[0], place)
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_SECONDS):
            began = time.monotonic()
            # what cannot be renewed for a while is tried again, until the holder has to stop
            with suppress(WarehouseError):
                if change(_RENEW, (holder,)):
                    renewed[0] = began

    def require() -> None:
        if time.monotonic() - renewed[0] > STALE_SECONDS - _MARGIN_SECONDS:
            raise _lost(place)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield require
    finally:
        ended.set()
        thread.join()
        with suppress(WarehouseError):  # it grows stale by itself
            change(_GIVE_BACK, (holder,))


def _taken(row: dict[str, object], place: str) -> WarehouseError:
    return WarehouseError(
        f"Another sync of this warehouse is running ({row['holder']}).",
        why="Both would send the same rows.",
        where=f"sync_lease in {place}, renewed {row['renewed_at']} UTC",
        fix="Wait until it has ended. Of a run that was killed, the lease may be taken "
        f"{STALE_SECONDS} s after it was last renewed.",
    )


def _lost(place: str) -> WarehouseError:
    return WarehouseError(
        "The lease of this sync could not be renewed in time.",
        why="Another sync may have begun, and would send the same rows. What was accepted so far "
        "is recorded.",
        where=f"sync_lease in {place}",
        fix="Run again: it goes on where this run stopped.",
    )
