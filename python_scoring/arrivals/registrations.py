"""The registrations of a delivery, which are in two of its tables."""


def registrations_of(current: str, past: str) -> str:
    """Return a select of every registration as it was delivered, in SQL of both engines.

    Columns: advisor, firm, started, ended (null of a current one), source_table. A registration
    that stands in both tables, or twice in one, comes as often.

    Args:
        current: The source ria_contacts_current: a relation, or a select in parentheses.
        past: The source contact_registered_employment_history, likewise.
    """
    return f"""
select
    RIA_CONTACT_CRD_ID as advisor,
    LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID as firm,
    LATEST_REGISTERED_EMPLOYMENT_START_DATE as started,
    cast(null as date) as ended,
    'ria_contacts_current' as source_table
from {current}
union all
select
    RIA_CONTACT_CRD_ID,
    PREVIOUS_REGISTRATION_COMPANY_CRD_ID,
    PREVIOUS_REGISTRATION_COMPANY_START_DATE,
    PREVIOUS_REGISTRATION_COMPANY_END_DATE,
    'contact_registered_employment_history'
from {past}
"""  # noqa: S608 - names of our own
