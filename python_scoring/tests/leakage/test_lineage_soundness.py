"""What lineage does not name must not matter: checked by running random queries in DuckDB.

Each world is a query built of random steps over two tables. Lineage says which source columns
influence each output column; every other source column is then overwritten with other values, and
the output column must stay as it was, row for row as a multiset.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.leakage.lineage.run import audit_files

TABLES = {"t": ["k", "a", "b"], "u": ["k", "x", "y"]}
ROW = st.tuples(*[st.integers(0, 3)] * 3)
ROWS = st.lists(ROW, min_size=1, max_size=6)

# Each step reads {0} (columns k, a, b) and u, and makes columns k, a, b.
STEPS = [
    "select k, a, b from {0} where a > 1",
    "select k, b as a, a + b as b from {0}",
    "select k, max(a) as a, count(*) as b from {0} group by k",
    "select k, a, max(b) as b from {0} group by all having min(k) < 3",
    "select distinct k, a, a as b from {0}",
    "select k, a, row_number() over (partition by k order by b, a) as b from {0}",
    "select k, a, b from {0} qualify row_number() over (partition by a order by b desc, k) = 1",
    "select {0}.k, u.x as a, {0}.b from {0} join u on {0}.k = u.k and u.y > 0",
    "select k, a, y as b from {0} left join u using (k)",
    """select k, a, m as b from {0}
    left join (select k, max(x) as m from u where y > 1 group by k) as g using (k)""",
    """select k, a, m as b from {0} left join (
        select k, y as m from u qualify row_number() over (partition by k order by x, y) = 1
    ) as g using (k)""",
    "select {0}.k, a, coalesce(u.x, b) as b from {0} full join u on {0}.a = u.y",
    "select k, a, b from {0} union all select y, x, k from u",
    "select k, a, b from {0} except select k, x, y from u",
    "select k, a, b from {0} intersect all select k, a, k from {0}",
    "select k, a, b from {0} semi join u on {0}.b = u.x",
    "select k, a, b from {0} anti join u using (k)",
    "select k, a, (select max(x) from u where u.y = {0}.b) as b from {0}",
    "select k, exists (select 1 from u where u.k = {0}.a)::int as a, b from {0}",
    "select k, a, b from {0} where b in (select x from u where u.y = {0}.a)",
    "select k, a, b from {0} where b >= all (select y from u)",
    "select k, a, b from {0} order by b, a, k limit 2",
    "select k, sum(a) over (order by b, k, a) as a, b from {0}",
    "select k, max(a) filter (where b > 0) as a, min(b) as b from {0} group by k",
    "select k, arg_max(a, (b, a)) as a, k as b from {0} group by k",
    "select k, l.m as a, b from {0}, lateral (select sum(y) as m from u where u.k <= {0}.k) as l",
    "select k, n as a, b from {0}, unnest([a, b]) as e(n)",
    "select k, a, e as b from (select k, a, unnest([a, b]) as e from {0})",
    "select * replace (a + k as b) from {0}",
    "select k2 as k, a, b from (select k as k2, * from {0}) as q(k2, k0, a, b) where k0 > 0",
    """with recursive r as (select k, a, b from {0} union select k + 1, a, b from r where k < a)
    select * from r""",
]


def run(sql: str, tables: dict[str, list[tuple[int, ...]]]) -> dict[str, list[str]]:
    """Each output column's values, sorted."""
    data = [
        f"{name}({', '.join(columns)}) as (values {', '.join(map(str, tables[name]))})"
        for name, columns in TABLES.items()
    ]
    result = duckdb.execute(f"with {', '.join(data)}, {sql.removeprefix('with ')}")
    names = [each[0] for each in result.description]
    rows = result.fetchall()
    return {name: sorted(map(str, (row[i] for row in rows))) for i, name in enumerate(names)}


def influence(sql: str) -> dict[str, set[str]]:
    """Source columns that influence each output column, as lineage tells."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "f.sql").write_text(sql)
        (Path(folder) / "s.json").write_text(str(TABLES).replace("'", '"'))
        audit = audit_files(
            [Path(folder) / "f.sql"], "duckdb", ["none.*"], schema_file=Path(folder) / "s.json"
        )
        report = audit.report("")
    assert report.unfollowed == ()
    return {f.name: {c.name for c in (*f.values, *f.rows)} for f in report.features}


@settings(max_examples=100)
@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=4),
    t=ROWS,
    u=ROWS,
    other=st.integers(4, 9),
)
def test_a_column_that_lineage_does_not_name_does_not_matter(
    steps: list[str], t: list[tuple[int, ...]], u: list[tuple[int, ...]], other: int
) -> None:
    names = ["t", *(f"s{i}" for i in range(len(steps)))]
    ctes = [f"{names[i + 1]} as ({step.format(names[i])})" for i, step in enumerate(steps)]
    sql = f"with {', '.join(ctes)} select * from {names[-1]}"
    named, before = influence(sql), run(sql, {"t": t, "u": u})
    for table, rows in (("t", t), ("u", u)):
        for position, column in enumerate(TABLES[table]):
            changed = [
                (*row[:position], (row[position] + other + i) % 5, *row[position + 1 :])
                for i, row in enumerate(rows)
            ]
            after = run(sql, {"t": t, "u": u} | {table: changed})
            for name, values in before.items():
                if f"{table}.{column}" not in named[name]:
                    assert after[name] == values, (sql, table, column, name)
