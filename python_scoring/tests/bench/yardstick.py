"""The features by one query of hand: a yardstick for time, not for values (it skips every check).

python -m python_scoring.tests.bench.yardstick WORLD       prints one JSON line: leads, seconds
"""

import json
import sys
import time
from pathlib import Path

import duckdb

QUERY = """
create table features as
with starts as (
    select distinct advisor, firm, cast(day as date) as day
    from (
        select RIA_CONTACT_CRD_ID as advisor, PREVIOUS_REGISTRATION_COMPANY_CRD_ID as firm,
            PREVIOUS_REGISTRATION_COMPANY_START_DATE as day
        from contact_registered_employment_history
        union all
        select RIA_CONTACT_CRD_ID, LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID,
            LATEST_REGISTERED_EMPLOYMENT_START_DATE
        from ria_contacts_current
    )
    where day is not null
),
careers as (
    select *, lag(firm) over career as firm_before, first_value(day) over career as first_day,
        row_number() over career - 1 as step
    from starts
    window career as (partition by advisor order by day, firm)
),
joined as (select firm, day, 1 as change from careers where firm is distinct from firm_before),
left_firm as (
    select firm_before as firm, day, -1 as change
    from careers where firm_before is not null and firm != firm_before
),
headcounts as (
    select firm, day, sum(sum(change)) over (partition by firm order by day) as heads
    from (from joined union all from left_firm) group by firm, day
),
asked as (
    select Id as lead, cast(stage_entered_contacting__c as date) as day,
        try_cast(regexp_extract(FA_CRD__c, '[0-9]+') as bigint) as advisor
    from lead where stage_entered_contacting__c is not null
),
at_firm as (
    select asked.*, careers.firm, careers.day as joined_day, careers.first_day, careers.step
    from asked asof join careers
        on asked.advisor = careers.advisor and asked.day >= careers.day
),
moves as (
    select asked.lead, count(*) as moves
    from asked join careers on asked.advisor = careers.advisor
        and careers.step > 0 and careers.firm != careers.firm_before
        and careers.day between asked.day - interval 36 month and asked.day - interval 30 day
    group by asked.lead
),
assets as (
    select RIA_INVESTOR_CRD_ID as firm, make_date(YEAR, MONTH, 1) as day, TOTAL_AUM as aum
    from firm_historicals where MONTH between 1 and 12
)
select at_firm.*, moves.moves, now.heads, now.heads - ago.heads as net_change, assets.aum,
    date_diff('month', joined_day, at_firm.day) as tenure,
    date_diff('month', first_day, at_firm.day) as industry
from at_firm left join moves on at_firm.lead = moves.lead
asof left join headcounts as now on at_firm.firm = now.firm and at_firm.day >= now.day
asof left join headcounts as ago
    on at_firm.firm = ago.firm and at_firm.day - interval 12 month >= ago.day
asof left join assets
    on at_firm.firm = assets.firm and at_firm.day - interval 1 month >= assets.day
"""
TABLES = (
    *("ria_contacts_current", "contact_registered_employment_history"),
    *("firm_historicals", "lead"),
)


def main(world: Path) -> None:
    """Run the query in memory over the Parquet files of a world."""
    with duckdb.connect(config={"threads": 2}) as connection:
        for name in TABLES:
            connection.read_parquet(str(world / f"{name}.parquet")).create_view(name)
        began = time.perf_counter()
        connection.execute(QUERY)
        seconds = time.perf_counter() - began
        leads = connection.execute("select count(*) from features").fetchall()[0][0]
    sys.stdout.write(json.dumps({"leads": leads, "seconds": seconds}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
