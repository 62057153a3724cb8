"""The defects of a row that the source contract knows, and what becomes of a row that has one.

A defect of a whole file (encoding, a cut end, a missing column) refuses the delivery and is none of
these. The reasons are those of `rejected_source_rows` and `data_quality_findings`, word for word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

Row = dict[str, Any]

LEFT_OUT, KEPT = "left out", "kept"
CONTACTS = "ria_contacts_current"
HISTORY = "contact_registered_employment_history"
MONTHS = "firm_historicals"
LEADS = "lead"
ADVISOR = "RIA_CONTACT_CRD_ID"
FIRM_AND_START = {
    CONTACTS: (
        "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID",
        "LATEST_REGISTERED_EMPLOYMENT_START_DATE",
    ),
    HISTORY: (
        "PREVIOUS_REGISTRATION_COMPANY_CRD_ID",
        "PREVIOUS_REGISTRATION_COMPANY_START_DATE",
    ),
}
END = "PREVIOUS_REGISTRATION_COMPANY_END_DATE"
CRD = "FA_CRD__c"
CONTACTED = "stage_entered_contacting__c"
CALLED = "Stage_Entered_Call_Scheduled__c"
TOO_LONG = 10_000_000_000
_LONG_AGO = date(1901, 1, 1)
_FAR_AHEAD = date(2099, 1, 1)


@dataclass(frozen=True)
class Defect:
    """One way in which a row can be wrong.

    Args:
        source: Table that gets it.
        name: What is wrong, in a few words; unique in its table.
        treatment: `left out` (the row is in rejected_source_rows) or `kept`.
        reason: The reason or finding; empty where the value is read as it was meant, in silence.
        change: Makes the values that differ, of a good row.
        is_added: The changed row stands behind the good one, which stays.
    """

    source: str
    name: str
    treatment: str
    reason: str
    change: Callable[[Row], Row]
    is_added: bool = False


def _crd(name: str, problem: str, write: Callable[[str], str | None]) -> Defect:
    reason = f"advisor CRD {problem}" if problem else ""
    return Defect(LEADS, f"CRD {name}", KEPT, reason, lambda row: {CRD: write(row[CRD])})


def _registration_defects(source: str) -> list[Defect]:
    firm, start = FIRM_AND_START[source]
    advisor_crd, firm_crd = "impossible advisor CRD", "impossible firm CRD"
    too_early = "impossible start date"
    return [
        Defect(source, "no advisor", LEFT_OUT, "no advisor", lambda row: {ADVISOR: None}),
        Defect(source, "advisor negative", LEFT_OUT, advisor_crd, lambda r: {ADVISOR: -r[ADVISOR]}),
        Defect(source, "advisor zero", LEFT_OUT, advisor_crd, lambda row: {ADVISOR: 0}),
        Defect(
            source,
            "advisor too long",
            LEFT_OUT,
            advisor_crd,
            lambda r: {ADVISOR: TOO_LONG + r[ADVISOR]},
        ),
        Defect(source, "no firm", LEFT_OUT, "no firm", lambda row: {firm: None}),
        Defect(source, "firm negative", LEFT_OUT, firm_crd, lambda row: {firm: -row[firm]}),
        Defect(source, "no start", LEFT_OUT, "no start date", lambda row: {start: None}),
        Defect(source, "start of 1901", LEFT_OUT, too_early, lambda row: {start: _LONG_AGO}),
        Defect(source, "same row twice", LEFT_OUT, "duplicate registration", lambda row: {}, True),
        Defect(
            source,
            "start with a time zone",
            KEPT,
            f"{start} carries a time zone (converted to UTC, then cut to its day)",
            lambda row: {start: f"{row[start]}T20:00:00-05:00"},
        ),
        Defect(
            source,
            "start with a time of day",
            KEPT,
            f"{start} carries a time of day (cut to its day)",
            lambda row: {start: f"{row[start]} 20:00:00"},
        ),
        Defect(
            source,
            "start far ahead",
            KEPT,
            "start lies after analysis_date and score_date",
            lambda row: {start: _FAR_AHEAD},
        ),
    ]


def _aum(name: str, treatment: str, reason: str, aum: float | None) -> Defect:
    return Defect(MONTHS, f"AUM {name}", treatment, reason, lambda row: {"TOTAL_AUM": aum})


def _month(name: str, reason: str, **values: int | None) -> Defect:
    return Defect(MONTHS, name, LEFT_OUT, reason, lambda row: dict(values))


def _later(row: Row, days: int) -> datetime:
    moment: datetime = row[CONTACTED]
    return moment + timedelta(days=days)


CATALOGUE: tuple[Defect, ...] = (
    *_registration_defects(CONTACTS),
    *_registration_defects(HISTORY),
    Defect(
        HISTORY,
        "end before start",
        KEPT,
        "end before start (ends are never read)",
        lambda row: {END: row[FIRM_AND_START[HISTORY][1]] - timedelta(days=60)},
    ),
    _month("no firm", "no firm", RIA_INVESTOR_CRD_ID=None),
    _month("firm zero", "impossible firm CRD", RIA_INVESTOR_CRD_ID=0),
    _month("firm too long", "impossible firm CRD", RIA_INVESTOR_CRD_ID=TOO_LONG),
    _month("month 13", "no such month", MONTH=13),
    _month("month 0", "no such month", MONTH=0),
    _month("no month", "no such month", MONTH=None),
    _month("no year", "no such month", YEAR=None),
    _month("year 24", "no such month", YEAR=24),
    _aum("negative", LEFT_OUT, "negative AUM", -5.0),
    _aum("infinite", LEFT_OUT, "impossible AUM", float("inf")),
    _aum("minus infinite", LEFT_OUT, "negative AUM", float("-inf")),
    _aum("beyond the world's", LEFT_OUT, "impossible AUM", 1e18),
    _aum("below a cent", LEFT_OUT, "impossible AUM", 1e-9),
    _aum("NaN", KEPT, "AUM is NaN (read as unknown)", float("nan")),
    _aum("null", KEPT, "AUM is null", None),
    Defect(
        MONTHS,
        "second, smaller figure",
        LEFT_OUT,
        "duplicate firm month",
        lambda row: {"TOTAL_AUM": row["TOTAL_AUM"] / 2},
        is_added=True,
    ),
    _crd("as a float", "", lambda crd: f"{crd}.0"),
    _crd("behind a word", "", lambda crd: f"CRD no. {crd}"),
    _crd("with zeros in front", "", lambda crd: crd.zfill(10)),
    _crd("between tabs", "", lambda crd: f"\t{crd}\n"),
    _crd("null", "is missing", lambda crd: None),
    _crd("blank", "is missing", lambda crd: " "),
    _crd("a word", "has no digits", lambda crd: "unknown"),
    _crd("zero", "is zero", lambda crd: "0"),
    _crd("negative", "has a sign", lambda crd: f"-{crd}"),
    _crd("too long", "has more than 10 digits", lambda crd: f"{crd}00000000"),
    _crd("a fraction", "has a decimal or thousands mark", lambda crd: f"{crd}.5"),
    _crd("in thousands", "holds more than one number", lambda crd: f"{int(crd):,}"),
    _crd("in two pieces", "holds more than one number", lambda crd: f"CRD {crd[:3]} {crd[3:]}"),
    _crd("with exponent", "holds more than one number", lambda crd: f"{int(crd):.6e}"),
    _crd("in brackets", "is not plainly one whole number", lambda crd: f"({crd})"),
    Defect(
        LEADS, "CRD of nobody", KEPT, "advisor has no registration", lambda row: {CRD: "9999999999"}
    ),
    Defect(LEADS, "no Id", LEFT_OUT, "no lead id", lambda row: {"Id": None}),
    Defect(LEADS, "blank Id", LEFT_OUT, "no lead id", lambda row: {"Id": "  "}),
    Defect(
        LEADS,
        "same Id again, contacted later",
        LEFT_OUT,
        "duplicate lead id",
        lambda row: {CONTACTED: _later(row, 1)},
        is_added=True,
    ),
    Defect(
        LEADS,
        "contact of 1901",
        LEFT_OUT,
        "impossible contact date",
        lambda row: {CONTACTED: datetime(1901, 1, 1)},
    ),
    Defect(
        LEADS,
        "contact far ahead",
        LEFT_OUT,
        "contacted after analysis_date and score_date",
        lambda row: {CONTACTED: datetime(2099, 1, 1)},
    ),
    Defect(
        LEADS,
        "call before the contact",
        KEPT,
        "call dated before the contact (label 0)",
        lambda row: {CALLED: _later(row, -5)},
    ),
)
