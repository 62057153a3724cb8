"""Secrets of the environment and names of people stand in no output, but the call file's names."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.fake_salesforce import FakeOrg, serving

SECRETS = {
    name: f"canary-of-{name.lower()}-0123456789"
    for name in (
        "SALESFORCE_PASSWORD",
        "SALESFORCE_SECURITY_TOKEN",
        "SALESFORCE_SESSION_ID",
        "SALESFORCE_CONSUMER_KEY",
        "SALESFORCE_CONSUMER_SECRET",
        "LEAD_SCORING_CANARY_KEY",
    )
}
FIRST, LAST, COMPANY = "Kanarifirst", "Kanarilast", "Kanaricompany"
PEOPLE = (FIRST, LAST, COMPANY)
NAMES = {"FirstName": FIRST, "LastName": LAST, "Company": COMPANY}
CONTACT_NAMES = {"CONTACT_FIRST_NAME": FIRST, "CONTACT_LAST_NAME": LAST}


class Watched:
    """The built demo with canaries, the commands run on it, and all that they wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []

    def run(self, *words: str, codes: tuple[int, ...] = (0,), send: str | None = None) -> str:
        done = CliRunner().invoke(main, list(words), input=send)
        self.said.append(done.output)
        assert done.exit_code in codes, done.output
        return done.output

    def holding(self, canaries: tuple[str, ...]) -> set[str]:
        """Return where a canary stands: names of files, and `said`."""
        found = {"said" for text in self.said if any(canary in text for canary in canaries)}
        for path in sorted(self.folder.rglob("*")):
            outside = "sources" not in path.relative_to(self.folder).parts
            if path.is_file() and outside and path.suffix != ".duckdb":
                data = path.read_bytes()
                if any(canary.encode() in data for canary in canaries):
                    found.add(path.name)
        return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("canaries")
    sources = folder / "sources"
    shutil.copytree(PROJECT / "seeds/demo", sources)
    planted = sum(_plant(path) for path in sources.glob("*"))
    assert planted, "no source has a column of names: plant elsewhere"
    environment = {
        "LEAD_SCORING_DB": str(folder / "demo.duckdb"),
        "LEAD_SCORING_DATA": str(sources),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (SECRETS | environment).items():
            patch.setenv(name, value)
        words = ("build", "--exclude-resource-type", "unit_test")
        logged = {"DBT_LOG_LEVEL_FILE": "debug"}
        done = Dbt(folder).run(*words, LEAD_SCORING_DATA=str(sources), **logged, **SECRETS)
        assert done.returncode == 0, done.stdout[-3000:]
        made = Watched(folder)
        made.said.append(done.stdout + done.stderr)
        assert (folder / "logs/dbt.log").exists()
        yield made


def _plant(path: Path) -> int:
    """Put canaries into each column of names; return how many columns there were."""
    if path.suffix != ".parquet":
        return 0
    table = pq.read_table(path)
    planted = 0
    for place, name in enumerate(table.column_names):
        wanted = NAMES.get(name) or CONTACT_NAMES.get(name.upper())
        if wanted:
            rows = pa.array([f"{wanted}{row}" for row in range(table.num_rows)])
            table = table.set_column(place, name, pc.cast(rows, table.field(name).type))
            planted += 1
    pq.write_table(table, path)
    return planted


def test_names_stand_in_the_call_file_and_secrets_nowhere(watched: Watched) -> None:
    calls, batch = watched.folder / "calls.csv", watched.folder / "payload.json"
    watched.run("summary", "--json")
    watched.run("summary")
    watched.run("prospects", "--out", str(calls), "--json")
    watched.run("sync", "salesforce", "--out", str(batch))
    watched.run("report", "--out", str(watched.folder / "report"))
    person = json.dumps({"lead_id": 1, FIRST: "x", "current_firm_tenure_months": LAST})
    refused = watched.run("score-lead", "-", codes=(2,), send="{" + LAST)
    assert LAST not in refused
    watched.run("score-lead", "-", codes=(2,), send=person)
    watched.said.pop()  # the sender's own words are told back to the sender, and to nobody else
    assert watched.holding(tuple(SECRETS.values())) == set()
    assert watched.holding(PEOPLE) == {"calls.csv"}


def test_a_login_that_fails_tells_no_secret(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----\ncanary-of-a-key\n-----END PRIVATE KEY-----\n")
    with serving(FakeOrg(), tmp_path / "certificate.pem") as org:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        monkeypatch.setenv("SALESFORCE_USERNAME", "somebody@example.com")
        monkeypatch.setenv("SALESFORCE_PRIVATE_KEY_FILE", str(key))
        monkeypatch.setenv("SALESFORCE_INSTANCE_URL", org.url)
        told = watched.run("sync", "salesforce", "--check", codes=(2,))
        assert "The private key cannot be used" in told
        assert "Traceback" not in told
        key.unlink()
        assert "cannot be used (FileNotFoundError)" in watched.run(
            "sync", "salesforce", "--check", codes=(2,)
        )
    assert watched.holding((*SECRETS.values(), "canary-of-a-key")) == set()


def test_the_canaries_would_be_found(watched: Watched, tmp_path: Path) -> None:
    """Whoever sees nothing must be known to see."""
    probe: Callable[[str], set[str]] = lambda text: Watched(_written(tmp_path, text)).holding(  # noqa: E731
        (LAST, SECRETS["SALESFORCE_PASSWORD"])
    )
    assert probe(f"… {LAST}7 …") == {"log"}
    assert probe(SECRETS["SALESFORCE_PASSWORD"]) == {"log"}
    assert probe("nobody") == set()


def _written(folder: Path, text: str) -> Path:
    (folder / "log").write_text(text)
    return folder
