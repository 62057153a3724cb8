"""The demo with a history: two years of contacts that had been scored, and what became of them.

The demo publishes one day, so nothing of it has ripened. Contacts are put into scored_contacts, and
the models of after go-live are run on them as dbt compiled them.
"""

import shutil
from pathlib import Path

import duckdb

from python_scoring.tests.conftest import Dbt

MODELS = (
    *("calibration_terms", "calibration_evidence", "realised_performance"),
    *("realised_bands", "model_alerts", "delay_curve", "early_outcomes"),
    *("realised_logits", "promised_order", "month_fit", "month_findings", "model_verdicts"),
)
# by a hash that no version of DuckDB changes
_CONTACTS = """
insert into scored_contacts by name
with drawn as (
    select i, date '2024-07-05' + (i // 4)::integer as day,
        ('0x' || left(md5('score' || i), 7))::bigint / 16 ** 7 as score_draw,
        ('0x' || left(md5('call' || i), 7))::bigint / 16 ** 7 as call_draw
    from range(1400) as numbers(i)
), scored as (
    select *, 0.02 + 0.10 * score_draw * score_draw as lead_score from drawn
)
select
    format('00QHIST{:08d}', i) as lead_id, 900000 + i as advisor_crd,
    format('005SIM{:09d}AAA', i % 5) as owner_id, day as contacted_date,
    day + 30 as ripe_date, day + 30 <= date '2025-06-30' as is_ripe,
    case when is_ripe then (call_draw < $odds * lead_score)::integer end as label,
    day - 1 as score_date, case when i % 6 = 0 then 'prospects' else 'leads' end as population,
    (select max(model_version) from builds) as model_version, lead_score,
    1 + floor(10 * (1 - score_draw))::bigint as score_decile, i % 9 = 0 as is_golden_cohort,
    'history' as build_id
from scored
"""


# contacts that are not ripe: every tenth has had its call on the third day
_LEADS = """
insert into int_leads_checked by name
select lead_id, contacted_date, false as is_converted, false as is_deleted,
    case when advisor_crd % 10 = 0 then contacted_date + 3 end as call_scheduled_date
from scored_contacts where not is_ripe
"""


def with_history(demo: Dbt, folder: Path, odds: float = 1.0) -> Path:
    """Return a copy of the demo's database that has a history.

    Args:
        demo: The built demo, which stays as it is.
        folder: Takes the copy.
        odds: How many times as often as was said a call comes.

    """
    database = folder / demo.database.name
    shutil.copy(demo.database, database)
    nodes = demo.manifest()["nodes"]
    with duckdb.connect(str(database)) as connection:
        connection.execute(_CONTACTS, {"odds": odds})
        connection.execute(_LEADS)
        for name in MODELS:
            connection.execute(f"delete from {name}")
            code = nodes[f"model.lead_scoring.{name}"]["compiled_code"]
            connection.execute(f"insert into {name} by name {code}")
    return database
