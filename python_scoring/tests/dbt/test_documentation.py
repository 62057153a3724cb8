"""What the documents say holds: links resolve, samples are what commands print, words are kept."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.destinations.installed import DESTINATIONS
from python_scoring.tests.conftest import PROJECT, Dbt

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DOCUMENT = re.compile(r"\bdocs/[\w/.-]+")
DECISION = re.compile(r"[Dd]ecision (\d{4})")
# a lead, an advisor or a user is "they", or named by the role
PRONOUN = re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE)
# written by `models export-sql` and `make lock`
GENERATED = ("macros/generated/", "requirements/", "cloud_function/requirements.txt")
# what lies here beside them may be a user's call list
OWN = (".md", ".py", ".sql", ".yml", ".toml", ".lkml")
README_LINES = 125


def tracked(*patterns: str) -> list[Path]:
    """Return the text files of the repository that match, our own not yet committed included."""
    listed = [
        *_listed("--cached", "--", *patterns),
        *(n for n in _listed("--others", "--exclude-standard", "--", *patterns) if n.endswith(OWN)),
    ]
    files = [PROJECT / name for name in listed if not name.startswith(GENERATED)]
    return [path for path in files if path.is_file() and b"\0" not in path.read_bytes()]


def _listed(*words: str) -> list[str]:
    git = ["git", "ls-files", *words]
    done = subprocess.run(git, cwd=PROJECT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def anchors(document: Path) -> set[str]:
    """Return the names that the headings of a document can be linked by."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path) -> list[str]:
    """Return the relative links of a document that lead nowhere."""
    broken = []
    for link in LINK.findall(document.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = document if path == "" else document.parent / path
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


def test_a_call_list_that_lies_here_is_no_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "calls.csv").write_text("Zoë", encoding="latin-1")
    (tmp_path / "page.md").write_text("# Zoë", encoding="utf-8")
    monkeypatch.setattr(f"{__name__}.PROJECT", tmp_path)
    assert tracked() == [tmp_path / "page.md"]


def test_every_link_leads_somewhere() -> None:
    broken = {path.name: found for path in tracked("*.md") if (found := broken_links(path))}
    assert broken == {}


@pytest.mark.parametrize("link", ["gone.md", "docs/gone.md", "#gone", "docs/glossary.md#gone"])
def test_a_broken_link_is_seen(link: str, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(PROJECT / "docs")
    document = tmp_path / "page.md"
    document.write_text(f"# Here\n\n[a](#here) [b](docs/glossary.md#days) [c]({link})\n")
    assert broken_links(document) == [link]


def test_every_document_that_is_named_exists() -> None:
    """Error messages, help texts and comments send people to docs/."""
    named = {
        (str(path.relative_to(PROJECT)), name.rstrip("."))
        for path in tracked()
        if path != Path(__file__)
        for name in DOCUMENT.findall(path.read_text(encoding="utf-8"))
    }
    missing = {(path, name) for path, name in named if not (PROJECT / name).exists()}
    # names of files to come: `docs/guides/<name>.md` ends where the placeholder begins
    assert {pair for pair in missing if not pair[1].endswith("/")} == set()


def test_every_destination_has_a_guide() -> None:
    """`lead-scoring sync NAME --help` names it."""
    guides = PROJECT / "docs/guides"
    assert [name for name in DESTINATIONS if not (guides / f"{name}.md").exists()] == []


def test_decisions_have_a_number_each_and_those_cited_exist() -> None:
    numbers = [path.name[:4] for path in sorted((PROJECT / "docs/decisions").glob("*.md"))]
    assert len(set(numbers)) == len(numbers)
    cited = {n for path in tracked() for n in DECISION.findall(path.read_text(encoding="utf-8"))}
    assert cited - set(numbers) == set()


def test_every_measurement_says_when_where_and_how() -> None:
    index = (PROJECT / "docs/measurements/README.md").read_text(encoding="utf-8")
    for path in sorted((PROJECT / "docs/measurements").glob("2*.md")):
        text = path.read_text(encoding="utf-8")
        assert f"| date | {path.name[:10]} |" in text, path.name
        assert "| machine | " in text, path.name
        assert "| command | " in text, path.name
        assert f"({path.name})" in index, path.name


def test_the_readme_is_short() -> None:
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= README_LINES


def test_the_readme_shows_what_make_build_prints(
    demo: Dbt, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("<!-- printed by make build -->\n```\n")[1].split("    …\n```")[0]
    monkeypatch.setenv("LEAD_SCORING_DB", str(demo.database))
    printed = CliRunner().invoke(main, ["summary"])
    assert printed.exit_code == 0, printed.output
    assert shown in printed.stdout


def test_the_drawing_of_the_packages_is_the_contract() -> None:
    contract = configparser.ConfigParser()
    contract.read(PROJECT / ".importlinter", encoding="utf-8")
    layers = contract["importlinter:contract:layers"]["layers"].split("\n")[1:]
    text = (PROJECT / "docs/architecture.md").read_text(encoding="utf-8")
    drawing = re.findall(r"^    ([a-z_]+(?: \| [a-z_]+)*)  ", text, re.MULTILINE)
    assert drawing == layers


def test_people_are_named_by_their_role() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in tracked()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if PRONOUN.search(line)
    ]
    assert found == []
