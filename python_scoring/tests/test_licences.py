"""Every package that is deployed has a licence that a company may use it under."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import Marker

from python_scoring.tests.conftest import PROJECT

LOCKS = ("requirements/run.txt", "cloud_function/requirements.txt")
# Permissive licences, and MPL-2.0, whose files may be used unchanged in anything.
ALLOWED = {
    "0bsd",
    "3-clause bsd license",
    "apache 2.0",
    "apache software license",
    "apache-2.0",
    "artistic license",
    "bsd license",
    "bsd-2-clause",
    "bsd-3-clause",
    "cc0-1.0",
    "isc",
    "mit",
    "mit license",
    "mit-0",
    "mit-cmu",
    "mozilla public license 2.0 (mpl 2.0)",
    "mpl-2.0",
    "psf-2.0",
    "python software foundation license",
    "zlib",
}


def allowed(told: str) -> bool:
    """Whether one of several choices is allowed; of licences joined by AND, each must be."""
    choices = re.split(r" OR |; ", told)
    return any(
        all(each.strip("() ").lower() in ALLOWED or each.lower() in ALLOWED for each in parts)
        for parts in (choice.split(" AND ") for choice in choices)
    )


def locked(lock: str) -> set[str]:
    """Return the packages of a lock that this machine installs, by their plain names."""
    text = (PROJECT / lock).read_text(encoding="utf-8")
    lines = re.findall(r"^([\w.-]+)==\S+(?: *; *([^\\\n]+))?", text, flags=re.MULTILINE)
    return {plain(name) for name, marker in lines if not marker or Marker(marker).evaluate()}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def licences() -> dict[str, str]:
    tool = Path(sys.executable).with_name("pip-licenses")
    run = [str(tool), "--format", "json", "--with-system", "--python", sys.executable]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    return {plain(package["Name"]): package["License"] for package in json.loads(done.stdout)}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_deployed_package_has_a_known_licence_that_is_allowed(
    licences: dict[str, str], lock: str
) -> None:
    names = locked(lock)
    assert len(names) > 15
    refused = {
        name: licences.get(name, "not installed")
        for name in names
        if not allowed(licences.get(name, "UNKNOWN"))
    }
    assert refused == {}


def test_the_list_refuses_what_is_not_on_it() -> None:
    assert allowed("Artistic License; GNU General Public License (GPL)")
    assert allowed("MPL-2.0 AND MIT")
    assert allowed("Apache-2.0 OR BSD-3-Clause")
    for other in ("UNKNOWN", "", "GPL-3.0-only", "MIT AND GPL-3.0-only", "Proprietary"):
        assert not allowed(other)
