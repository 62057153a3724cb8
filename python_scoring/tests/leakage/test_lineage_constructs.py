"""What each construct of SQL does to influence, in both dialects.

Expected is, for each output column, `columns that it reads | columns that decide its rows`; a
column that does both is shown as read.
"""

from pathlib import Path
from typing import NamedTuple

import pytest

from python_scoring.leakage.lineage.run import audit_files

BIGQUERY, DUCKDB = ("bigquery",), ("duckdb",)
BOTH = (*BIGQUERY, *DUCKDB)
SCHEMA = "t: [k, a, b, c, d, arr]\nu: [k, x, y, d]\ns: [k, p, q]\n"


class Case(NamedTuple):
    """One construct."""

    name: str
    dialects: tuple[str, ...]
    sql: str
    expected: dict[str, str]


CASES = [
    Case("expression", BOTH, "select a, b + c as e from t", {"a": "t.a |", "e": "t.b t.c |"}),
    Case(
        "case condition", BOTH, "select case when b > 1 then c end as e from t", {"e": "t.b t.c |"}
    ),
    Case("constant", BOTH, "select 1 as e, a from t", {"e": "|", "a": "t.a |"}),
    Case("star", BOTH, "select * from u", {"k": "u.k |", "x": "u.x |", "y": "u.y |", "d": "u.d |"}),
    Case(
        "star of one table",
        BOTH,
        "select u.*, a from t cross join u",
        {"k": "u.k |", "x": "u.x |", "y": "u.y |", "d": "u.d |", "a": "t.a |"},
    ),
    Case(
        "star except and replace",
        BIGQUERY,
        "select * except (y) replace (x + d as x) from u",
        {"k": "u.k |", "x": "u.d u.x |", "d": "u.d |"},
    ),
    Case(
        "star exclude and replace",
        DUCKDB,
        "select * exclude (y) replace (x + d as x) from u",
        {"k": "u.k |", "x": "u.d u.x |", "d": "u.d |"},
    ),
    Case(
        "star rename",
        DUCKDB,
        "select * rename (x as z) from u",
        {"k": "u.k |", "z": "u.x |", "y": "u.y |", "d": "u.d |"},
    ),
    Case("from first", DUCKDB, "from t select a where b > 1", {"a": "t.a | t.b"}),
    Case(
        "lateral alias",
        DUCKDB,
        "select a + 1 as e, e * b as f from t where e > 2",
        {"e": "t.a |", "f": "t.a t.b |"},
    ),
    Case("where", BOTH, "select a from t where b > 1", {"a": "t.a | t.b"}),
    Case(
        "join on",
        BOTH,
        "select t.a, u.x from t join u on t.k = u.k",
        {"a": "t.a | t.k u.k", "x": "u.x | t.k u.k"},
    ),
    Case(
        "join using",
        BOTH,
        "select a, x from t join u using (k)",
        {"a": "t.a | t.k u.k", "x": "u.x | t.k u.k"},
    ),
    Case(
        "using, merged column of a left join",
        BOTH,
        "select k, x from t left join u using (k)",
        {"k": "t.k | u.k", "x": "u.x | t.k u.k"},
    ),
    Case(
        "using, merged column of a right join",
        BOTH,
        "select k, a from t right join u using (k)",
        {"k": "u.k |", "a": "t.a | u.k"},
    ),
    Case(
        "using, merged column of a full join",
        BOTH,
        "select k from t full join u using (k)",
        {"k": "t.k u.k |"},
    ),
    Case("natural join", DUCKDB, "select a from t natural join s", {"a": "t.a | s.k t.k"}),
    Case(
        "comma join",
        BOTH,
        "select a, x from t, u where t.k = u.y",
        {"a": "t.a | t.k u.y", "x": "u.x | t.k u.y"},
    ),
    Case("cross join", BOTH, "select a from t cross join u", {"a": "t.a |"}),
    Case(
        "joins in brackets",
        BOTH,
        "select a from (t join u using (k)) join s using (k)",
        {"a": "t.a | s.k t.k u.k"},
    ),
    Case("semi join", DUCKDB, "select a from t semi join u using (k)", {"a": "t.a | t.k u.k"}),
    Case("anti join", DUCKDB, "select a from t anti join u on t.k = u.x", {"a": "t.a | t.k u.x"}),
    Case(
        "asof join",
        DUCKDB,
        "select t.a, u.x from t asof left join u on t.k = u.k and t.d >= u.d",
        {"a": "t.a |", "x": "u.x | t.d t.k u.d u.k"},
    ),
    Case(
        "left join to many rows",
        BOTH,
        "select t.a, m.x from t left join (select k, x from u where y > 0) as m on t.k = m.k",
        {"a": "t.a | t.k u.k u.y", "x": "u.x | t.k u.k u.y"},
    ),
    Case(
        "left join to grouped rows",
        BOTH,
        "select t.a, m.x from t left join (select k, max(x) as x from u where y > 0 group by k) "
        "as m on t.k = m.k",
        {"a": "t.a |", "x": "u.x | t.k u.k u.y"},
    ),
    Case(
        "left join to part of a group key",
        BOTH,
        "select t.a, m.x from t left join (select k, y, max(x) as x from u group by k, y) as m "
        "on t.k = m.k",
        {"a": "t.a | t.k u.k u.y", "x": "u.x | t.k u.k u.y"},
    ),
    Case(
        "left join to a first row",
        BOTH,
        "select t.a, m.x from t left join (select k, x from u qualify row_number() over "
        "(partition by k order by y) = 1) as m on t.k = m.k",
        {"a": "t.a |", "x": "u.x | t.k u.k u.y"},
    ),
    Case(
        "left join to a numbered first row",
        BOTH,
        "with n as (select *, row_number() over (partition by k order by y) as r from u), m as "
        "(select * from n where r = 1) select t.a, m.x from t left join m on t.k = m.k",
        {"a": "t.a |", "x": "u.x | t.k u.k u.y"},
    ),
    Case(
        "left join to a second row or less",
        BOTH,
        "select t.a, m.x from t left join (select k, x from u qualify row_number() over "
        "(partition by k order by y) <= 2) as m on t.k = m.k",
        {"a": "t.a | t.k u.k u.y", "x": "u.x | t.k u.k u.y"},
    ),
    Case(
        "inner join to grouped rows",
        BOTH,
        "select t.a, m.x from t join (select k, max(x) as x from u group by k) as m on t.k = m.k",
        {"a": "t.a | t.k u.k", "x": "u.x | t.k u.k"},
    ),
    Case(
        "group by",
        BOTH,
        "select k, max(a) as m from t group by k",
        {"k": "t.k |", "m": "t.a | t.k"},
    ),
    Case(
        "group by position",
        BOTH,
        "select a, count(*) as n from t group by 1",
        {"a": "t.a |", "n": "| t.a"},
    ),
    Case(
        "group by alias",
        BOTH,
        "select a + b as e, sum(c) as f from t group by e",
        {"e": "t.a t.b |", "f": "t.c | t.a t.b"},
    ),
    Case(
        "group by all",
        BOTH,
        "select k, max(a) as m from t group by all",
        {"k": "t.k |", "m": "t.a | t.k"},
    ),
    Case(
        "grouping sets",
        BOTH,
        "select a from t group by grouping sets ((a), (a, b))",
        {"a": "t.a | t.b"},
    ),
    Case("rollup", BOTH, "select a from t group by rollup (a, b)", {"a": "t.a | t.b"}),
    Case(
        "having",
        BOTH,
        "select k, max(a) as m from t group by k having min(b) > 0",
        {"k": "t.k | t.b", "m": "t.a | t.b t.k"},
    ),
    Case("distinct", BOTH, "select distinct a, b from t", {"a": "t.a | t.b", "b": "t.b | t.a"}),
    Case(
        "distinct on",
        DUCKDB,
        "select distinct on (a) a, b from t order by a, c",
        {"a": "t.a | t.c", "b": "t.b | t.a t.c"},
    ),
    Case("order and limit", BOTH, "select a from t order by b limit 3", {"a": "t.a | t.b"}),
    Case(
        "order without limit",
        BOTH,
        "select a from (select a, b from t order by c) as q",
        {"a": "t.a | t.c"},
    ),
    Case(
        "order by position", BOTH, "select a, b from t order by 2", {"a": "t.a | t.b", "b": "t.b |"}
    ),
    Case(
        "order by all",
        DUCKDB,
        "select a, b from t order by all",
        {"a": "t.a | t.b", "b": "t.b | t.a"},
    ),
    Case("tablesample", BOTH, "select a from t tablesample system (10 percent)", {"a": "t.a |"}),
    Case(
        "window partition and order",
        BOTH,
        "select a, row_number() over (partition by b order by c) as n from t",
        {"a": "t.a |", "n": "| t.b t.c"},
    ),
    Case(
        "named window",
        BOTH,
        "select a, sum(b) over w as n from t window w as (partition by k order by d)",
        {"a": "t.a |", "n": "t.b | t.d t.k"},
    ),
    Case(
        "window frame",
        BOTH,
        "select sum(a) over (order by d rows between 1 preceding and current row) as s from t",
        {"s": "t.a | t.d"},
    ),
    Case(
        "qualify",
        BOTH,
        "select a from t qualify row_number() over (partition by b order by c) = 1",
        {"a": "t.a | t.b t.c"},
    ),
    Case(
        "qualify by alias",
        BOTH,
        "select a, row_number() over (partition by b order by c) as n from t qualify n = 1",
        {"a": "t.a | t.b t.c", "n": "| t.b t.c"},
    ),
    Case(
        "aggregate filter",
        DUCKDB,
        "select max(a) filter (where b > 1) as m from t",
        {"m": "t.a | t.b"},
    ),
    Case("aggregate order", DUCKDB, "select list(a order by d) as l from t", {"l": "t.a | t.d"}),
    Case(
        "aggregate order, limit",
        BIGQUERY,
        "select array_agg(a order by d limit 1) as l from t",
        {"l": "t.a | t.d"},
    ),
    Case(
        "within group",
        DUCKDB,
        "select quantile_cont(0.5) within group (order by b) as m from t",
        {"m": "t.b |"},
    ),
    Case("arg max", DUCKDB, "select arg_max(a, c) as g from t", {"g": "t.a t.c |"}),
    Case(
        "having max", BIGQUERY, "select any_value(a having max d) as v from t", {"v": "t.a | t.d"}
    ),
    Case("count distinct", BOTH, "select count(distinct a) as n from t", {"n": "t.a |"}),
    Case("count of rows", BOTH, "select count(*) as n from t where b > 1", {"n": "| t.b"}),
    Case("union all", BOTH, "select a from t union all select x from u", {"a": "t.a u.x |"}),
    Case(
        "union",
        BOTH,
        "select a, b from t union distinct select x, y from u",
        {"a": "t.a u.x | t.b u.y", "b": "t.b u.y | t.a u.x"},
    ),
    Case(
        "union by name",
        DUCKDB,
        "select a, b from t union all by name select y as b, x as a from u",
        {"a": "t.a u.x |", "b": "t.b u.y |"},
    ),
    Case(
        "except",
        BOTH,
        "select a, b from t except distinct select x, y from u",
        {"a": "t.a | t.b u.x u.y", "b": "t.b | t.a u.x u.y"},
    ),
    Case(
        "intersect",
        BOTH,
        "select a, b from t intersect distinct select x, y from u",
        {"a": "t.a u.x | t.b u.y", "b": "t.b u.y | t.a u.x"},
    ),
    Case(
        "ordered half of a union",
        BOTH,
        "(select a from t order by b limit 2) union all (select x from u)",
        {"a": "t.a u.x | t.b"},
    ),
    Case(
        "order and limit of a union",
        BOTH,
        "select a from t union all select x from u order by a limit 1",
        {"a": "t.a u.x |"},
    ),
    Case(
        "exists",
        BOTH,
        "select a from t where exists (select 1 from u where u.k = t.k and u.x > 0)",
        {"a": "t.a | t.k u.k u.x"},
    ),
    Case(
        "not exists",
        BOTH,
        "select a from t where not exists (select 1 from u where u.k = t.k)",
        {"a": "t.a | t.k u.k"},
    ),
    Case(
        "exists as a value",
        BOTH,
        "select a, exists (select 1 from u where u.k = t.k and u.x > 0) as e from t",
        {"a": "t.a |", "e": "| t.k u.k u.x"},
    ),
    Case(
        "in",
        BOTH,
        "select a from t where k in (select k from u where x > 1)",
        {"a": "t.a | t.k u.k u.x"},
    ),
    Case(
        "in as a value",
        BOTH,
        "select a, k in (select k from u where x > 1) as i from t",
        {"a": "t.a |", "i": "t.k u.k | u.x"},
    ),
    Case(
        "in several columns",
        BOTH,
        "select c from t where (a, b) in (select (x, y) from u)",
        {"c": "t.c | t.a t.b u.x u.y"},
    ),
    Case("all", DUCKDB, "select a from t where b > all (select x from u)", {"a": "t.a | t.b u.x"}),
    Case(
        "scalar subquery",
        BOTH,
        "select a, (select max(x) from u) as m from t",
        {"a": "t.a |", "m": "u.x |"},
    ),
    Case(
        "scalar subquery in where",
        BOTH,
        "select a from t where b > (select avg(x) from u)",
        {"a": "t.a | t.b u.x"},
    ),
    Case(
        "correlated scalar subquery",
        BOTH,
        "select a, (select max(x) from u where u.k = t.k) as m from t",
        {"a": "t.a |", "m": "u.x | t.k u.k"},
    ),
    Case(
        "doubly correlated subquery",
        BOTH,
        "select (select max(x) from u where exists (select 1 from s where s.k = u.k and s.p = "
        "t.b)) as m from t",
        {"m": "u.x | s.k s.p t.b u.k"},
    ),
    Case(
        "subquery in a join condition",
        BOTH,
        "select a from t join u on t.k = u.k and u.x > (select max(p) from s)",
        {"a": "t.a | s.p t.k u.k u.x"},
    ),
    Case(
        "subquery in from",
        BOTH,
        "select q.e from (select a as e, b from t) as q where q.b > 0",
        {"e": "t.a | t.b"},
    ),
    Case(
        "subquery with column names",
        DUCKDB,
        "select e from (select a, b from t) as q(e, f) where f > 1",
        {"e": "t.a | t.b"},
    ),
    Case(
        "lateral",
        DUCKDB,
        "select a, m from t, lateral (select max(x) as m from u where u.k = t.k) as l",
        {"a": "t.a | t.k u.k", "m": "u.x | t.k u.k"},
    ),
    Case(
        "left lateral of one row",
        DUCKDB,
        "select a, m from t left join lateral (select max(x) as m from u where u.k = t.k) as l "
        "on true",
        {"a": "t.a |", "m": "u.x | t.k u.k"},
    ),
    Case(
        "unnest in from",
        DUCKDB,
        "select a, e from t, unnest(t.arr) as z(e)",
        {"a": "t.a | t.arr", "e": "t.arr |"},
    ),
    Case(
        "unnest in from",
        BIGQUERY,
        "select a, e from t, unnest(t.arr) as e",
        {"a": "t.a | t.arr", "e": "t.arr |"},
    ),
    Case(
        "unnest with offset",
        BIGQUERY,
        "select a, o from t cross join unnest(t.arr) as e with offset as o",
        {"a": "t.a | t.arr", "o": "t.arr |"},
    ),
    Case(
        "unnest of a path",
        BIGQUERY,
        "select a, e.z from t left join t.arr as e",
        {"a": "t.a | t.arr", "z": "t.arr |"},
    ),
    Case(
        "unnest in select",
        DUCKDB,
        "select unnest(arr) as e, a from t",
        {"e": "t.arr |", "a": "t.a | t.arr"},
    ),
    Case(
        "cte",
        BOTH,
        "with r as (select * from t where a > 1), q as (select b, c from r) select b from q",
        {"b": "t.b | t.a"},
    ),
    Case(
        "cte that hides a table",
        BOTH,
        "with t as (select a from t where b > 1) select a from t",
        {"a": "t.a | t.b"},
    ),
    Case(
        "cte in a subquery",
        BOTH,
        "select a from (with r as (select a, b from t) select a from r where b > 1) as q",
        {"a": "t.a | t.b"},
    ),
    Case(
        "cte with column names",
        BOTH,
        "with q(e, f) as (select a, b from t) select e from q where f > 1",
        {"e": "t.a | t.b"},
    ),
    Case(
        "recursive cte",
        BOTH,
        "with recursive r as (select k, a from t union all select u.k, r.a from r join u on r.k "
        "= u.x) select a from r",
        {"a": "t.a | t.k u.k u.x"},
    ),
    Case(
        "recursive union",
        BOTH,
        "with recursive r as (select k, a from t union distinct select r.k, r.a from r where r.a "
        "> 0) select k from r",
        {"k": "t.k | t.a"},
    ),
    Case(
        "values",
        BOTH,
        "select v.e, a from t cross join (values (1), (2)) as v(e)",
        {"e": "|", "a": "t.a |"},
    ),
    Case("series", DUCKDB, "select i, a from t, range(5) as r(i)", {"i": "|", "a": "t.a |"}),
    Case(
        "pivot",
        DUCKDB,
        "select * from t pivot (sum(a) for b in ('p', 'q') group by k)",
        {"k": "t.k |", "p": "t.a | t.b t.k", "q": "t.a | t.b t.k"},
    ),
    Case(
        "pivot",
        BIGQUERY,
        "select * from (select k, a, b from t) pivot (sum(a) as s for b in ('p', 'q'))",
        {"k": "t.k |", "s_p": "t.a | t.b t.k", "s_q": "t.a | t.b t.k"},
    ),
    Case(
        "unpivot",
        BOTH,
        "select k, v, n from (select k, a, b from t) unpivot (v for n in (a, b))",
        {"k": "t.k | t.a t.b", "v": "t.a t.b |", "n": "| t.a t.b"},
    ),
    Case(
        "lambda", DUCKDB, "select list_transform(arr, x -> x + b) as l from t", {"l": "t.arr t.b |"}
    ),
    Case(
        "list comprehension",
        DUCKDB,
        "select [x + b for x in arr if x > c] as l from t",
        {"l": "t.arr t.b t.c |"},
    ),
    Case(
        "struct",
        BIGQUERY,
        "select st.p from (select struct(a as p, b as q) as st from t)",
        {"p": "t.a t.b |"},
    ),
    Case("whole row", BIGQUERY, "select to_json_string(u) as j from u", {"j": "u.d u.k u.x u.y |"}),
    Case(
        "whole row as a star", DUCKDB, "select count(u.*) as n from u", {"n": "u.d u.k u.x u.y |"}
    ),
    Case(
        "first whole row of a group",
        BIGQUERY,
        "select r.x from (select array_agg(u order by d desc limit 1)[offset(0)] as r from u "
        "group by k)",
        {"x": "u.x | u.d u.k"},
    ),
    Case(
        "star of a whole row",
        BIGQUERY,
        "select r.* from (select array_agg(u order by d desc limit 1)[offset(0)] as r from u "
        "group by k)",
        {"k": "u.k | u.d", "x": "u.x | u.d u.k", "y": "u.y | u.d u.k", "d": "u.d | u.k"},
    ),
    Case(
        "time travel",
        BIGQUERY,
        "select a from t for system_time as of timestamp '2024-01-01'",
        {"a": "t.a |"},
    ),
    Case(
        "pipes",
        BIGQUERY,
        "from t |> where b > 1 |> aggregate max(a) as m group by k",
        {"k": "t.k | t.b", "m": "t.a | t.b t.k"},
    ),
    Case(
        "clock", BOTH, "select current_date as e, a from t", {"e": "runtime.clock |", "a": "t.a |"}
    ),
    Case(
        "clock in where",
        BOTH,
        "select a from t where d < current_timestamp",
        {"a": "t.a | runtime.clock t.d"},
    ),
    Case("dice", DUCKDB, "select a from t order by random() limit 3", {"a": "t.a | runtime.dice"}),
    Case("dice", BIGQUERY, "select a from t where rand() < 0.5", {"a": "t.a | runtime.dice"}),
    Case("built-in namespace", BIGQUERY, "select net.host(a) as h from t", {"h": "t.a |"}),
    Case(
        "alias that hides a column",
        BOTH,
        "select k, b as a from t order by a",
        {"k": "t.k | t.a t.b", "a": "t.b | t.a"},
    ),
    Case(
        "columns in where",
        DUCKDB,
        "select x from u where columns(*) > 0",
        {"x": "u.x | u.d u.k u.y"},
    ),
    Case(
        "columns by pattern in where",
        DUCKDB,
        "select x from u where columns('x|y') > 0",
        {"x": "u.x | u.d u.k u.y"},
    ),
    Case(
        "built-in function with a dot",
        BIGQUERY,
        "select hll_count.extract(a) as h from t",
        {"h": "t.a |"},
    ),
    Case(
        "select as struct",
        BIGQUERY,
        "select array(select as struct x, y from u where u.k = t.k) as l from t",
        {"l": "u.x u.y | t.k u.k"},
    ),
    Case(
        "left join to unnested rows",
        DUCKDB,
        "select t.a, m.x from t left join "
        "(select k, unnest([max(x), max(y)]) as x from u group by k) as m on t.k = m.k",
        {"a": "t.a | t.k u.k u.x u.y", "x": "u.x u.y | t.k u.k"},
    ),
    Case(
        "left join to the first row of a named window",
        BOTH,
        "with n as (select k, x, row_number() over w as r from u "
        "window w as (partition by y order by x)) "
        "select t.a, m.x from t left join (select * from n where r = 1) as m on t.k = m.k",
        {"a": "t.a | t.k u.k u.x u.y", "x": "u.x | t.k u.k u.y"},
    ),
]


@pytest.mark.parametrize(
    ("case", "dialect"),
    [
        pytest.param(case, dialect, id=f"{case.name} ({dialect})")
        for case in CASES
        for dialect in case.dialects
    ],
)
def test_construct(case: Case, dialect: str, tmp_path: Path) -> None:
    found, problems = influence(case.sql, dialect, tmp_path)
    assert problems == []
    assert found == case.expected


# Each of these may hide anything, so each must be a finding.
UNFOLLOWED = [
    ("not SQL", BOTH, "select a from where"),
    ("unclosed quote", BOTH, "select 'a from t"),
    ("unknown column", BOTH, "select z from t"),
    ("unknown qualified column", BOTH, "select t.z from t"),
    ("unknown alias", BOTH, "select w.z from t join u on t.k = u.k"),
    ("column of two tables", BOTH, "select k from t join u on t.a = u.x"),
    ("using a column that one side lacks", BOTH, "select a from t join u using (a)"),
    ("natural join with unknown columns", DUCKDB, "select a from t natural join elsewhere"),
    ("union of unknown columns", BOTH, "select * from f1 union all select * from f2"),
    ("pivot of unknown columns", BIGQUERY, "select * from f1 pivot (sum(a) for b in ('p'))"),
    ("columns by pattern", DUCKDB, "select columns('a|b') from t"),
    ("pivot without values", DUCKDB, "pivot t on a using sum(b)"),
    ("user's function", DUCKDB, "select my_macro(a) from t"),
    ("user's function", BIGQUERY, "select dataset.my_function(a) from t"),
    (
        "user's temporary function",
        BIGQUERY,
        "create temp function f(x int64) as (x); select f(a) from t",
    ),
    ("SQL in a string", DUCKDB, "select * from query('select 1')"),
    ("user's table function", DUCKDB, "select * from my_table_macro(3)"),
    ("merge", BIGQUERY, "merge into t using u on t.k = u.k when matched then update set a = x"),
    ("procedure", BIGQUERY, "declare x int64 default 3; select x"),
    (
        "recursion with a key",
        DUCKDB,
        "with recursive r(k, a) using key (k) as (select k, a from t union select k, a from r) "
        "select a from r",
    ),
    ("field of nothing", BIGQUERY, "select w.* from t"),
]


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        pytest.param(sql, dialect, id=f"{name} ({dialect})")
        for name, dialects, sql in UNFOLLOWED
        for dialect in dialects
    ],
)
def test_what_cannot_be_followed_is_a_finding(sql: str, dialect: str, tmp_path: Path) -> None:
    _, problems = influence(sql, dialect, tmp_path)
    assert problems != []


# Without a schema a bare name is of the only table there is, or of every one that may be meant.
WITHOUT_SCHEMA = [
    ("one table", "select a from f1 where b > 1", {"a": "f1.a | f1.b"}, False),
    (
        "through stars",
        "with r as (select * from f1), q as (select r.k, e from r where f) select k, e from q",
        {"k": "f1.k | f1.f", "e": "f1.e | f1.f"},
        False,
    ),
    (
        "star left out",
        "with r as (select * except (e) from f1) select e from r",
        {"e": "|"},
        True,
    ),
    (
        "qualified names over two tables",
        "select f1.a, f2.b from f1 join f2 on f1.k = f2.k",
        {"a": "f1.a | f1.k f2.k", "b": "f2.b | f1.k f2.k"},
        False,
    ),
    (
        "bare name over two tables",
        "select a from f1 join f2 on f1.k = f2.k",
        {"a": "f1.a f2.a | f1.k f2.k"},
        True,
    ),
    (
        "bare name in a subquery may be the outer table's",
        "select f1.a from f1 where exists (select 1 from f2 where m = f1.k)",
        {"a": "f1.a | f1.k f1.m f2.m"},
        False,
    ),
    (
        "distinct over unknown columns",
        "select count(*) as n from (select distinct * from f1) as q",
        {"n": "| f1.(unknown columns)"},
        False,
    ),
    (
        "group by all over unknown columns",
        "select count(*) as n from (select * from f1 group by all) as q",
        {"n": "| f1.(unknown columns)"},
        False,
    ),
    (
        "position behind unknown columns",
        "select count(*) as n from (select *, a from f1 group by 2) as q",
        {"n": "| f1.(unknown columns) f1.a"},
        False,
    ),
    (
        "left join to distinct unknown columns",
        "select f1.a from f1 left join (select distinct * from f2) as d on f1.k = d.k",
        {"a": "f1.a | f1.k f2.(unknown columns) f2.k"},
        False,
    ),
    (
        "left join to unknown columns grouped by all",
        "select f1.a from f1 left join (select * from f2 group by all) as d on f1.k = d.k",
        {"a": "f1.a | f1.k f2.(unknown columns) f2.k"},
        False,
    ),
    (
        "left join to a position behind unknown columns",
        "select f1.a from f1 left join (select *, k as b from f2 group by 1) as d on f1.k = d.b",
        {"a": "f1.a | f1.k f2.(unknown columns) f2.k"},
        False,
    ),
]


@pytest.mark.parametrize(
    ("sql", "expected", "is_finding"),
    [pytest.param(*case[1:], id=case[0]) for case in WITHOUT_SCHEMA],
)
def test_without_schema(
    sql: str, expected: dict[str, str], is_finding: bool, tmp_path: Path
) -> None:
    found, problems = influence(sql, "bigquery", tmp_path)
    assert found == expected
    assert bool(problems) is is_finding


def influence(sql: str, dialect: str, folder: Path) -> tuple[dict[str, str], list[str]]:
    """Influence by output column, and the problems, of one SQL text."""
    (folder / "out.sql").write_text(sql)
    (folder / "schema.yml").write_text(SCHEMA)
    audit = audit_files(
        [folder / "out.sql"], dialect, ["nothing.*"], schema_file=folder / "schema.yml"
    )
    report = audit.report("")
    found = {
        each.name: " | ".join(
            " ".join(column.name for column in columns) for columns in (each.values, each.rows)
        ).strip()
        for each in report.features
    }
    return found, [each.what for each in report.unfollowed]
