"""Deliveries that cannot be read, or only with care: names, formats, values and moments."""

import datetime as dt
import errno
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from python_scoring.io.delivery.contract import Column, SourceTable
from python_scoring.io.delivery.reading import SourceReading, read_delivery

LEAD = SourceTable(
    "lead",
    (
        Column("Id", "string"),
        Column("amount", "double"),
        Column("number", "bigint"),
        Column("day", "date"),
        Column("moment", "timestamp"),
    ),
)
GOOD = pa.table(
    {
        "Id": ["a", "b"],
        "amount": [1.5, None],
        "number": [1, 2],
        "day": [dt.date(2024, 1, 1), None],
        "moment": [dt.datetime(2024, 1, 1, 12), None],
    }
)
HEADER = "Id,amount,number,day,moment\n"
ROW = "a,1.5,1,2024-01-01,2024-01-01 12:00:00\n"


def read(folder: Path) -> SourceReading:
    return read_delivery(folder, [LEAD])["lead"]


def values(folder: Path) -> list[tuple[object, ...]]:
    reading = read(folder)
    assert [str(problem) for problem in reading.problems] == []
    with duckdb.connect() as connection:
        return connection.execute(f"{reading.select} order by all").fetchall()


def refusal(folder: Path) -> str:
    """The only problem, which must have its four parts."""
    (problem,) = read(folder).problems
    assert problem.what
    assert problem.why
    assert problem.fix
    return str(problem)


def write_csv(folder: Path, text: str | bytes, name: str = "lead.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def write_parquet(folder: Path, table: pa.Table = GOOD, name: str = "lead.parquet") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize(
    "stray",
    ["lead.v1_old.parquet", "lead.csv", "lead (1).parquet", "lead.csv.gz", "LEAD.PARQUET", "lead/"],
)
def test_a_second_file_that_could_be_the_source_is_refused_by_name(
    tmp_path: Path, stray: str
) -> None:
    write_parquet(tmp_path)
    if stray.endswith("/"):
        (tmp_path / stray).mkdir()
    else:
        (tmp_path / stray).write_bytes(b"")
    said = refusal(tmp_path)
    assert stray in said
    assert "lead.parquet" in said


def test_a_file_that_is_almost_named_as_the_source_is_not_read(tmp_path: Path) -> None:
    write_parquet(tmp_path, name="lead.v1_old.parquet")
    assert "lead.v1_old.parquet could be the source lead, but is not named as one" in refusal(
        tmp_path
    )


@pytest.mark.parametrize(
    "beside",
    ["README.md", "leads.parquet", "lead_truth.parquet", ".lead.csv.swp", "misleading.csv"],
)
def test_other_files_are_left_alone(tmp_path: Path, beside: str) -> None:
    write_parquet(tmp_path)
    (tmp_path / beside).write_bytes(b"x")
    assert len(values(tmp_path)) == 2


@pytest.mark.parametrize(
    "name",
    ["q'ué o", "a[b]c", "[", "*", "?", "a*b", "x; drop table t;--", "{a,b}", '"', "%s", "k=1"],
)
@pytest.mark.parametrize("form", ["parquet", "csv", "parts"])
def test_every_honest_folder_name_works(tmp_path: Path, name: str, form: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    if form == "csv":
        write_csv(folder, HEADER + ROW)
    else:
        write_parquet(
            folder, name="lead.parquet" if form == "parquet" else "lead/part[0]*'.parquet"
        )
    assert values(folder)[0][:3] == ("a", 1.5, 1)


def test_parts_are_one_source(tmp_path: Path) -> None:
    write_parquet(tmp_path, GOOD.slice(0, 1), "lead/1.parquet")
    write_parquet(tmp_path, GOOD.slice(1, 1), "lead/2.parquet")
    (tmp_path / "lead/_SUCCESS").write_bytes(b"")
    assert [row[0] for row in values(tmp_path)] == ["a", "b"]
    files = read(tmp_path).files
    assert files is not None
    before = files.sha256
    assert files.bytes_total == sum(path.stat().st_size for path in files.paths)
    write_parquet(tmp_path, GOOD.slice(0, 1), "lead/2.parquet")
    assert files.sha256 != before


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ("2.csv", "holds both Parquet and CSV"),
        ("notes.txt", "holds notes.txt"),
        ("old/1.parquet", "holds old"),
    ],
)
def test_a_folder_of_parts_holds_nothing_else(tmp_path: Path, extra: str, said: str) -> None:
    write_parquet(tmp_path, name="lead/1.parquet")
    (tmp_path / "lead" / extra).parent.mkdir(exist_ok=True)
    (tmp_path / "lead" / extra).write_bytes(b"x")
    assert said in refusal(tmp_path)


def test_parts_of_two_tables_are_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path, name="lead/1.parquet")
    write_parquet(tmp_path, GOOD.append_column("more", pa.array([1, 2])), "lead/2.parquet")
    assert "1.parquet and 2.parquet have not the same columns" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ((HEADER + ROW.replace("a,", "é,")).encode("latin-1"), "byte 0xe9 is no UTF-8"),
        ((HEADER + ROW).encode("utf-16"), "it is UTF-16"),
        ((HEADER + ROW).encode("utf-16-le"), "a zero byte is no text"),
        (HEADER + ROW + "b,2\n", "this row has 2 values and the header 5"),
        (HEADER + ROW + ROW[:-1] + ",more\n", "this row has 6 values and the header 5"),
        (HEADER + ROW + '"b' + ROW[1:] + ROW, "a quote is not closed"),
        (HEADER + ROW + '"b"x,1,1,,\n', "a quote is not closed, or text follows it"),
        (HEADER + ROW + ROW[:-4], "its last line has no end"),
        (HEADER.replace(",", ";") + ROW.replace(",", ";"), "separated by semicolons"),
        (b"PK\x03\x04...", "a zip or Excel workbook"),
        (b"", "column"),
        (HEADER, "the table is empty"),
    ],
)
def test_a_csv_that_cannot_be_read_says_where(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    write_csv(tmp_path, content)
    text = "\n".join(str(problem) for problem in read(tmp_path).problems)
    assert said in text
    assert "lead.csv" in text
    assert "Fix:" in text
    if isinstance(content, str) and "row" in said:
        assert "line 3" in text


@pytest.mark.parametrize(
    "form", [HEADER + ROW, "\ufeff" + HEADER + ROW, (HEADER + ROW).replace("\n", "\r\n")]
)
def test_other_line_ends_and_a_mark_are_no_fault(tmp_path: Path, form: str) -> None:
    write_csv(tmp_path, form)
    assert values(tmp_path)[0][:3] == ("a", 1.5, 1)


def test_line_ends_and_commas_in_quotes_are_values(tmp_path: Path) -> None:
    write_csv(tmp_path, HEADER + '"a, ""b""\nc"' + ROW[1:])
    assert values(tmp_path)[0][0] == 'a, "b"\nc'


@pytest.mark.parametrize(
    ("goes_to", "said"),
    [("nowhere", "No such file or directory"), ("", "Too many levels of symbolic links")],
    ids=["nowhere", "itself"],
)
@pytest.mark.parametrize("name", ["lead.parquet", "lead.csv"])
def test_a_file_that_cannot_be_opened_is_one_of_the_problems(
    tmp_path: Path, name: str, goes_to: str, said: str
) -> None:
    (tmp_path / name).symlink_to(goes_to or name)
    told = refusal(tmp_path)
    assert f"{name}: cannot be read: {said}." in told
    assert f"a link to {goes_to or name}" in told


def test_a_folder_that_cannot_be_opened_is_one_of_the_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    # root, as whom tests may run, is refused no folder
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert f"{tmp_path}: cannot be read: Permission denied." in refusal(tmp_path)


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_a_cut_parquet_file_says_so(tmp_path: Path, kept: float) -> None:
    path = write_parquet(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert "its end is missing, so it was cut" in refusal(tmp_path)


def test_a_damaged_page_is_met_before_the_models_are(tmp_path: Path) -> None:
    many = pa.table({name: GOOD[name].take(pa.array([0, 1] * 5000)) for name in GOOD.column_names})
    path = write_parquet(tmp_path, many)
    content = bytearray(path.read_bytes())
    content[4:200] = b"\xff" * 196
    path.write_bytes(content)
    assert "cannot be read as PARQUET" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda header: header.replace("number", "ID"), "column Id is there 2 times (Id, ID)"),
        (lambda header: header.replace("number", "day"), "column day is there 2 times"),
        (lambda header: header.replace("number", ""), "column number (bigint) is missing"),
    ],
)
def test_columns_are_there_once(tmp_path: Path, change: Callable[[str], str], said: str) -> None:
    write_csv(tmp_path, change(HEADER) + ROW)
    assert said in "\n".join(str(problem) for problem in read(tmp_path).problems)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_odd_and_doubled_names_of_other_columns_do_not_matter(tmp_path: Path, form: str) -> None:
    odd = ["[", "]", "<", 'a"b', "x'y", "", "more", "MORE", "row_number"]
    if form == "csv":
        quoted = ",".join('"' + name.replace('"', '""') + '"' for name in odd)
        write_csv(tmp_path, HEADER[:-1] + "," + quoted + "\n" + ROW[:-1] + "," * len(odd) + "\n")
    else:
        table = GOOD
        for name in odd:
            table = table.append_column(name or " ", pa.array(["x", "y"]))
        write_parquet(tmp_path, table)
    assert values(tmp_path)[0][:3] == ("a", 1.5, 1)


def with_moments(folder: Path, day: pa.Array, moment: pa.Array) -> None:
    table = GOOD.set_column(3, "day", day).set_column(4, "moment", moment)
    write_parquet(folder, table)


@pytest.mark.parametrize(
    ("written", "utc", "is_converted"),
    [
        ("2024-01-01", dt.datetime(2024, 1, 1), False),
        ("2024-01-01 23:30:00", dt.datetime(2024, 1, 1, 23, 30), False),
        ("2024-01-01T23:30:00Z", dt.datetime(2024, 1, 1, 23, 30), False),
        ("2024-01-01 23:30:00+00:00", dt.datetime(2024, 1, 1, 23, 30), False),
        ("2024-01-01 23:30:00-05", dt.datetime(2024, 1, 2, 4, 30), True),
        ("2024-01-01T23:30:00.5-05:00", dt.datetime(2024, 1, 2, 4, 30, 0, 500_000), True),
        ("2024-01-01 00:30:00+01:00", dt.datetime(2023, 12, 31, 23, 30), True),
        ("2024-07-01 23:30:00 America/New_York", dt.datetime(2024, 7, 2, 3, 30), True),
    ],
)
def test_a_date_is_the_day_of_the_moment_in_utc(
    tmp_path: Path, written: str, utc: dt.datetime, is_converted: bool
) -> None:
    texts = pa.array([written, None])
    with_moments(tmp_path, texts, texts)
    assert values(tmp_path)[0][3:] == (utc.date(), utc)
    found = {f.finding for f in read(tmp_path).findings}
    cut = "carries a time of day (cut to its day)"
    zoned = "carries a time zone (converted to UTC"
    expected = {f"day {zoned}, then cut to its day)", f"moment {zoned})"} if is_converted else set()
    if not is_converted and len(written) > len("2024-01-01"):
        expected = {f"day {cut}"}
    assert found == expected


def test_a_column_of_moments_with_a_zone_is_read_alike(tmp_path: Path) -> None:
    moments = pa.array(
        [dt.datetime(2024, 1, 2, 4, 30, tzinfo=dt.UTC), None],
        pa.timestamp("us", "America/New_York"),
    )
    with_moments(tmp_path, moments, moments)
    assert values(tmp_path)[0][3:] == (dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 4, 30))
    (finding,) = read(tmp_path).findings
    assert finding.finding == (
        "day is a moment with a time zone (converted to UTC, then cut to its day)"
    )
    assert (finding.row_count, finding.example) == (1, "row 1 of lead.parquet")


@pytest.mark.parametrize(
    "written", ["soon", "infinity", "epoch", "2024-13-01", "01/02/2024", "0044-03-15 (BC)", "2024"]
)
def test_what_is_no_day_is_refused_by_row(tmp_path: Path, written: str) -> None:
    with_moments(tmp_path, pa.array(["2024-01-01", written]), GOOD["moment"].combine_chunks())
    said = refusal(tmp_path)
    assert "column day is VARCHAR, date was expected, and 1 values" in said
    assert "the first in row 2" in said
    assert written not in said.replace("2024-01-01", ""), "values may be personal data"


@pytest.mark.parametrize(
    ("numbers", "read_as"),
    [
        (pa.array([1.0, None]), [1, None]),
        (pa.array(["1.0", " 2 "]), [1, 2]),
        (pa.array(["-7", None]), [-7, None]),
        (pa.array([1, 2], pa.uint64()), [1, 2]),
    ],
)
def test_whole_numbers_of_any_type_stay_what_they_are(
    tmp_path: Path, numbers: pa.Array, read_as: list[int | None]
) -> None:
    write_parquet(tmp_path, GOOD.set_column(2, "number", numbers))
    assert [row[2] for row in values(tmp_path)] == read_as


@pytest.mark.parametrize("number", ["1.5", "1e3", "1,000", "12345678901234567890", "one"])
def test_what_is_no_whole_number_is_refused(tmp_path: Path, number: str) -> None:
    write_parquet(tmp_path, GOOD.set_column(2, "number", pa.array([number, "2"])))
    assert "the first in row 1" in refusal(tmp_path)
