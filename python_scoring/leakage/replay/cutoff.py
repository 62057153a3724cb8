"""Makes, from one delivery, the delivery that would have come on an earlier day.

What began later had not been delivered; an end date was not written before the next registration
was known; and a registration that is in the history today was the current one until then.
"""

import datetime as dt
from pathlib import Path

import duckdb

from python_scoring.io.delivery.sql_text import literal

# The registration that was current on the cutoff day: the latest of those who have none left
# (their next one began later), and of leavers the one whose end still lay ahead.
_REGISTRATIONS = """
create temp table history_then as
select row_number() over () as row_id, * from delivery.fintrx.contact_registered_employment_history
where PREVIOUS_REGISTRATION_COMPANY_START_DATE <= $day
    or PREVIOUS_REGISTRATION_COMPANY_START_DATE is null;

create temp table latest_then as
select * from history_then
where PREVIOUS_REGISTRATION_COMPANY_START_DATE is not null
    and PREVIOUS_REGISTRATION_COMPANY_CRD_ID is not null
qualify row_number() over (
    partition by RIA_CONTACT_CRD_ID
    order by PREVIOUS_REGISTRATION_COMPANY_START_DATE desc,
        PREVIOUS_REGISTRATION_COMPANY_CRD_ID desc, row_id
) = 1;

create temp table current_then as
select
    contacts.* exclude (
        LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID, LATEST_REGISTERED_EMPLOYMENT_START_DATE
    ),
    case when kept then contacts.LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID
        when returns then latest_then.PREVIOUS_REGISTRATION_COMPANY_CRD_ID
    end as LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID,
    case when kept then contacts.LATEST_REGISTERED_EMPLOYMENT_START_DATE
        when returns then latest_then.PREVIOUS_REGISTRATION_COMPANY_START_DATE
    end as LATEST_REGISTERED_EMPLOYMENT_START_DATE,
    case when returns and not kept then latest_then.row_id end as returned_row_id
from (
    select *,
        coalesce(LATEST_REGISTERED_EMPLOYMENT_START_DATE <= $day, false)
        or (LATEST_REGISTERED_EMPLOYMENT_START_DATE is null
            and LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID is not null) as kept,
        coalesce(LATEST_REGISTERED_EMPLOYMENT_START_DATE > $day, false) as began_later
    from delivery.fintrx.ria_contacts_current
) as contacts
left join (
    select *, coalesce(PREVIOUS_REGISTRATION_COMPANY_END_DATE > $day, true) as end_ahead
    from latest_then
) as latest_then using (RIA_CONTACT_CRD_ID)
cross join lateral (select coalesce(began_later or end_ahead, false) as returns) as then_current;
"""
_FILES = {
    "ria_contacts_current": "select * exclude (returned_row_id) from current_then",
    "contact_registered_employment_history": """
        select * exclude (row_id) replace (
            case when PREVIOUS_REGISTRATION_COMPANY_END_DATE <= $day
                then PREVIOUS_REGISTRATION_COMPANY_END_DATE
            end as PREVIOUS_REGISTRATION_COMPANY_END_DATE
        )
        from history_then
        where row_id not in (
            select returned_row_id from current_then where returned_row_id is not null
        )""",
    "firm_historicals": """
        select * from delivery.fintrx.Firm_historicals
        where make_date(YEAR, least(greatest(MONTH, 1), 12), 1) < date_trunc('month', $day)""",
    "lead": """
        select * replace (
            case when stage_entered_contacting__c::date <= $day
                then stage_entered_contacting__c
            end as stage_entered_contacting__c,
            case when Stage_Entered_Call_Scheduled__c::date <= $day
                then Stage_Entered_Call_Scheduled__c
            end as Stage_Entered_Call_Scheduled__c,
            IsConverted and Stage_Entered_Call_Scheduled__c::date <= $day as IsConverted
        )
        from delivery.salesforce.Lead""",
}


def write_earlier_delivery(later: Path, cutoff: dt.date, folder: Path) -> None:
    """Write the four source files as they would have been delivered on `cutoff`.

    Args:
        later: DuckDB file that the delivery at hand was built in; its source views are read.
        cutoff: Day of the delivery to make.
        folder: Folder that takes the files.

    """
    folder.mkdir(parents=True, exist_ok=True)
    day = f"date '{cutoff.isoformat()}'"
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(later))} as delivery (read_only)")
        for statement in _REGISTRATIONS.replace("$day", day).split(";"):
            if statement.strip():
                connection.execute(statement)
        for name, query in _FILES.items():
            target = literal(str(folder / f"{name}.parquet"))
            connection.execute(f"copy ({query.replace('$day', day)}) to {target} (format parquet)")
