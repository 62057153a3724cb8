"""Flat tables are read as they are, or refused with file, column and row."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from python_scoring.errors import InputError
from python_scoring.io.columns import binary_label, days, numbers
from python_scoring.io.table_files import TableWriter, count_rows, read_batches, read_table


def write(path: Path, table: pa.Table) -> Path:
    writer = TableWriter(path, table.schema)
    writer.write(table)
    writer.close()
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_batches_together_are_the_table(tmp_path: Path, suffix: str) -> None:
    table = pa.table({"a": list(range(10)), "b": [None, *range(9)]})
    path = write(tmp_path / f"t{suffix}", table)
    parts = list(read_batches(path, rows=4))
    assert [part.num_rows for part in parts] == [4, 4, 2]
    assert pa.concat_tables(parts).to_pydict() == table.to_pydict() == read_table(path).to_pydict()


def test_rows_are_counted_from_the_footer(tmp_path: Path) -> None:
    assert count_rows(write(tmp_path / "t.parquet", pa.table({"a": [1, 2, 3]}))) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.xlsx", b"x", "neither Parquet nor CSV"),
        ("t.parquet", b"not parquet", "cannot be read as PARQUET"),
        ("t.csv", b"a,b\n1,2\n3\n", "cannot be read as CSV"),
        ("t.csv", b"a,b\n", "holds no rows"),
        ("t.csv", b"", "t.csv is empty"),
        ("t.csv", "a,b\n1,é\n".encode("latin-1"), r"(?s)byte 0xe9 is no UTF-8.*line 2, byte 3"),
        ("t.csv", "a,b\n1,2\n".encode("utf-16"), "it is UTF-16"),
        ("t.csv", b'a,b\n1,2\n3,"4\n', "(?s)a quote is not closed.*begins in line 3"),
        ("t.csv", b"a,b\n1,2\n3,4,5\n", "(?s)this row has 3 values and the header 2.*line 3"),
        ("t.csv", b"a;b\n1;2\n", "separated by semicolons"),
        ("t.csv", b"a,b,a\n1,2,3\n", "has two columns named a"),
        ("t.parquet", b"PAR1cut", "its end is missing, so it was cut"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_table(tmp_path / name)


@pytest.mark.parametrize("read", [read_table, lambda path: list(read_batches(path))])
def test_two_columns_of_one_name_are_refused(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"])
    with pytest.raises(InputError, match=r"t\.parquet has two columns named x"):
        read(write(tmp_path / "t.parquet", table))


@pytest.mark.parametrize("read", [read_table, lambda path: list(read_batches(path))])
def test_a_damaged_page_is_no_traceback(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = write(tmp_path / "t.parquet", pa.table({"a": [str(n) for n in range(10_000)]}))
    content = bytearray(path.read_bytes())
    content[4:400] = b"\xff" * 396
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read as PARQUET"):
        read(path)


def test_line_ends_within_quotes_are_values(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a,b\n"1\n2",3\n', encoding="utf-8")
    assert read_table(tmp_path / "t.csv").to_pylist() == [{"a": "1\n2", "b": 3}]


def test_columns_that_are_not_typed_are_texts_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('no,n,vip\n00512,1,True\n,NA,""\nNA,03,null\n', encoding="utf-8")
    table = read_table(path, ["n"])
    assert table.to_pydict() == {
        "no": ["00512", None, "NA"],
        "n": [1, None, 3],
        "vip": ["True", "", "null"],
    }
    assert write(tmp_path / "out.csv", table).read_text(encoding="utf-8").splitlines() == [
        '"no","n","vip"',
        '"00512",1,"True"',
        ',,""',
        '"NA",3,"null"',
    ]
    assert pa.concat_tables(read_batches(path, 2, [])).column("n").to_pylist() == ["1", "NA", "03"]


def test_a_day_is_that_in_utc_whatever_the_zone() -> None:
    moment = datetime(2024, 1, 2, 4, 30, tzinfo=UTC)
    shown = pa.array([moment], pa.timestamp("us", "America/New_York"))
    written = pa.array(["2024-01-01T23:30:00-05:00"])
    for column in (shown, written):
        assert days(pa.table({"d": column}), "d", "t").tolist() == [date(2024, 1, 2)]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file leads\.csv"):
        read_table(tmp_path / "leads.csv")


def test_numbers_of_every_kind_become_floats() -> None:
    table = pa.table(
        {
            "flag": [True, False, None],
            "count": [2**40, None, -1],
            "money": pa.array([1, None, 3], pa.decimal128(10, 2)),
        }
    )
    found = [numbers(table, name, "t").tolist() for name in table.column_names]
    np.testing.assert_array_equal(found, [[1, 0, np.nan], [2**40, np.nan, -1], [1, np.nan, 3]])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["a", "b"], "x of t is string, not a number"),
        ([1.0, float("inf")], r"(?s)Column x of t holds an infinite value.*row 2"),
    ],
)
def test_what_is_no_number_is_refused(values: list[object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        numbers(pa.table({"x": values}), "x", "t")


def test_labels_may_be_unknown_but_nothing_else_than_0_and_1() -> None:
    assert binary_label(pa.table({"y": [1, None, 0]}), "y", "t")[[0, 2]].tolist() == [1, 0]
    with pytest.raises(InputError, match=r"(?s)holds 2 where only 0, 1 or null.*row 3"):
        binary_label(pa.table({"y": [0, 1, 2]}), "y", "t")
    with pytest.raises(InputError, match="empty"):
        binary_label(pa.table({"y": pa.array([None, None], pa.int8())}), "y", "t")


@pytest.mark.parametrize(
    "column",
    [
        pa.array([date(2024, 3, 1)]),
        pa.array([datetime(2024, 3, 1, 23, 59)]),
        pa.array(["2024-03-01"]),
        pa.array(["2024-03-01T23:59:00Z"]),
    ],
)
def test_days_are_read_from_dates_timestamps_and_text(column: pa.Array) -> None:
    assert days(pa.table({"d": column}), "d", "t").tolist() == [date(2024, 3, 1)]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["2024-03-01", "1 March"], r"(?s)holds '1 March' where a date must be.*row 2"),
        ([date(2024, 3, 1), None], r"(?s)holds None where a date must be.*row 2"),
        ([20240301], "int64, not a date"),
    ],
)
def test_what_is_no_day_is_refused(values: list[object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        days(pa.table({"d": values}), "d", "t")
