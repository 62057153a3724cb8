"""Two invented people planted in every source of the demo, so that a search for them means them."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

DEMO = Path(__file__).resolve().parents[3] / "seeds/demo"


@dataclass(frozen=True)
class Canary:
    """A person of the demo under another name.

    Args:
        crd: CRD number.
        first: Given name.
        last: Family name.
        model: CRD number of the advisor whose registrations are copied.
        leads: Leads in Salesforce: the first is contacted, the second is not.
    """

    crd: int
    first: str
    last: str
    model: int
    leads: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What no file may hold afterwards."""
        return (str(self.crd), self.first, self.last, *self.leads)


# copies of advisors whom the demo's model ranks first: among the leads, and among the prospects
LEAD = Canary(
    *(7654321, "Kanarifirst", "Kanarilast", 1072254),
    ("00QKANARI000001AAA", "00QKANARI000002AAA"),
)
PROSPECT = Canary(7654322, "Zeisigfirst", "Zeisiglast", 1193005)
LATER_LEAD = "00QKANARI000009AAA"
"""A lead of the forgotten advisor that sales enters after the request."""
SOURCES = ("ria_contacts_current", "contact_registered_employment_history", "lead")
CONTACTED = dt.datetime(2025, 5, 14, 12)


def plant(folder: Path, people: tuple[Canary, ...], leads: tuple[str, ...] = ()) -> Path:
    """Write the demo's delivery with these people in it, and with activities.

    Args:
        folder: Folder to make.
        people: Whom to plant; nobody makes the same delivery without them.
        leads: Further leads of the first one.
    """
    folder.mkdir()
    with duckdb.connect() as connection:
        for name in (*SOURCES, "firm_historicals"):
            connection.execute(f"create table {name} as from '{DEMO / name}.parquet'")
        for person in people:
            _copy_advisor(connection, person)
            for number, lead in enumerate((*person.leads, *(leads if person.leads else ()))):
                _add_lead(connection, person, lead, contacted=number != 1)
        connection.execute(
            """create table task as select '00TSIM' || Id as Id, Id as WhoId, OwnerId as OwnerId,
            stage_entered_contacting__c as CreatedDate, 'Call' as Type,
            'Connected' as CallDisposition
            from lead where stage_entered_contacting__c is not null order by Id limit 500"""
        )
        for name in (*SOURCES, "firm_historicals", "task"):
            connection.execute(f"copy {name} to '{folder / name}.parquet'")
    return folder


def _copy_advisor(connection: duckdb.DuckDBPyConnection, person: Canary) -> None:
    for table in SOURCES[:2]:
        named = f"'{person.first}' as contact_first_name, '{person.last}' as contact_last_name"
        new = f"{person.crd} as ria_contact_crd_id{', ' + named if table == SOURCES[0] else ''}"
        connection.execute(
            f"insert into {table} select * replace ({new}) from {table} "
            f"where ria_contact_crd_id = {person.model}"
        )
    # a registration that is delivered twice, and so rejected once
    connection.execute(
        f"insert into {SOURCES[1]} from {SOURCES[1]} "
        f"where ria_contact_crd_id = {person.crd} limit 1"
    )


def _add_lead(
    connection: duckdb.DuckDBPyConnection, person: Canary, lead: str, *, contacted: bool
) -> None:
    """Add an open lead; a contacted one has a call before its contact, which is odd."""
    moment, call = (CONTACTED, CONTACTED - dt.timedelta(days=1)) if contacted else (None, None)
    connection.execute(
        """insert into lead select * replace (? as Id, ? as FA_CRD__c,
            ? as stage_entered_contacting__c, ? as Stage_Entered_Call_Scheduled__c,
            ? as Company, false as IsConverted, false as IsDeleted)
        from lead limit 1""",
        [lead, f"CRD# {person.crd}", moment, call, f"{person.first} {person.last}"],
    )
