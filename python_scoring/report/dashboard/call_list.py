"""Today's list for the page: columns of small numbers, each text once, so that it stays small."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from python_scoring.explanation.narrative import spoken
from python_scoring.features.contract import project_contract
from python_scoring.io.warehouse.current import warehouse

Data = dict[str, Any]
_DRIVERS = ", ".join(
    f"scored.driver_{place}_{part}"
    for place in (1, 2, 3)
    for part in ("feature", "value", "contribution")
)
# what was published with the day says whom one may call; an earlier build's list would not
_LEADS = f"""
select scored.lead_id, scored.advisor_crd, scored.lead_score, scored.base_rate,
    scored.score_bucket, scored.score_decile, scored.is_golden_cohort, scored.call_priority,
    scored.support_leads, scored.unfamiliar_feature, salesforce_leads.owner_id, {_DRIVERS}
from lead_scores_daily as scored
left join salesforce_leads on scored.lead_id = salesforce_leads.lead_id
where scored.score_date = ? and not coalesce(salesforce_leads.is_closed, false)
    and not coalesce(salesforce_leads.is_suppressed, false)
order by scored.call_priority
"""  # noqa: S608 - names of our own
_PROSPECTS = f"""
select listed.advisor_crd, listed.first_name, listed.last_name, listed.firm_name,
    listed.lead_score, listed.base_rate, listed.score_bucket, listed.score_decile,
    listed.is_golden_cohort, listed.list_position as call_priority,
    listed.support_leads, listed.unfamiliar_feature, {_DRIVERS}
from prospect_call_list as listed
inner join prospect_scores as scored
    on listed.advisor_crd = scored.advisor_crd and listed.score_date = scored.score_date
where scored.score_date = ?
order by listed.list_position
"""  # noqa: S608 - names of our own
_LEFT_OUT = """
select exclusion, count(distinct lead_id) as leads,
    count(case when lead_id is null then 1 end) as prospects
from call_exclusions group by exclusion order by exclusion
"""
_BUCKETS = "select score_bucket from score_buckets order by min_score desc"
PARTS_OF_A_CHANCE, PARTS_OF_A_POINT = 10_000, 100


class Texts:
    """Texts of a page, each held once and named by its number."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self.numbers = {text: number for number, text in enumerate(known)}

    def number(self, text: str | None) -> int:
        """Return the number of a text; -1 of none."""
        if text is None:
            return -1
        return self.numbers.setdefault(text, len(self.numbers))


def read_call_list(score_date: date, *, names: bool) -> Data:
    """Read who may be called, in order, with the reasons of each.

    Args:
        score_date: The newest published day.
        names: Whether prospects bear their names.

    Returns:
        `leads` and `prospects`, each with its `columns`; the texts that their numbers stand for;
        `left_out`, counts by reason; `base_rate`.
    """
    current = warehouse()
    buckets = Texts(current.query(_BUCKETS)["score_bucket"].to_pylist())
    reasons, texts = Texts(), Texts()
    leads = current.query(_LEADS, [score_date])
    prospects = current.query(_PROSPECTS, [score_date])
    rates = [*leads["base_rate"].to_pylist(), *prospects["base_rate"].to_pylist()]
    lists = {
        "leads": _columns(leads, buckets, reasons, texts, ("lead_id", "owner_id")),
        "prospects": _columns(
            prospects,
            buckets,
            reasons,
            texts,
            ("firm_name", *(("first_name", "last_name") if names else ())),
        ),
    }
    return {
        **lists,
        "buckets": [*buckets.numbers],
        "reasons": [*reasons.numbers],
        "texts": [*texts.numbers],
        "names": names,
        "base_rate": rates[0] if rates else None,
        "left_out": current.query(_LEFT_OUT).to_pylist(),
    }


def _columns(
    rows: pa.Table, buckets: Texts, reasons: Texts, texts: Texts, shown: tuple[str, ...]
) -> Data:
    """Return the columns of a list by short name; lead ids as they are, other texts by number."""
    columns: Data = {
        "order": rows["call_priority"].to_pylist(),
        "crd": rows["advisor_crd"].to_pylist(),
        "chance": [round(PARTS_OF_A_CHANCE * x) for x in rows["lead_score"].to_pylist()],
        "bucket": [buckets.number(text) for text in rows["score_bucket"].to_pylist()],
        "tenth": rows["score_decile"].to_pylist(),
        "golden": [int(flag) for flag in rows["is_golden_cohort"].to_pylist()],
        "support": [-1 if count is None else count for count in rows["support_leads"].to_pylist()],
        "unfamiliar": _unfamiliar(rows["unfamiliar_feature"].to_pylist(), texts),
        "why": _whys(rows, reasons),
    }
    for name in shown:
        values = rows[name].to_pylist()
        is_key = name == "lead_id"
        columns[name] = values if is_key else [texts.number(text) for text in values]
    return columns


def _unfamiliar(names: list[str | None], texts: Texts) -> list[int]:
    """Return the number of the words for what is unfamiliar about each row; -1 of the familiar."""
    labels = {feature.name: feature.label for feature in project_contract().features}
    return [texts.number(None if name is None else labels.get(name, name)) for name in names]


def _whys(rows: pa.Table, reasons: Texts) -> list[int]:
    """Return six numbers a row: for each driver its words, and hundredths of a point it moves."""
    features = {feature.name: feature for feature in project_contract().features}
    known: dict[tuple[str, float | None], int] = {}
    columns = [
        [
            rows[f"driver_{place}_{part}"].to_pylist()
            for part in ("feature", "value", "contribution")
        ]
        for place in (1, 2, 3)
    ]
    found: list[int] = []
    for row in range(rows.num_rows):
        for names, values, points in columns:
            name, value = names[row], values[row]
            if name is None:
                found += [-1, 0]
                continue
            if (name, value) not in known:
                feature = features.get(name)
                number = float("nan") if value is None else value
                told = spoken(feature, number) if feature else f"{number:g}"
                known[name, value] = reasons.number(f"{feature.label if feature else name}: {told}")
            found += [known[name, value], round(PARTS_OF_A_POINT * points[row])]
    return found
