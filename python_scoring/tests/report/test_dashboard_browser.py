"""The dashboard in a real browser: `make test-pages`. A script in it uses it and reports.

Chromium prints the page as it is after that script, so no driver of the browser is needed.
"""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from python_scoring.tests.conftest import Dbt
from python_scoring.tests.report.test_dashboard import twenty_thousand, written
from python_scoring.tests.support.published_history import with_history

pytestmark = pytest.mark.browser
AXE = Path(os.environ.get("AXE", "target/axe/node_modules/axe-core/axe.min.js"))
STEPS = Path(__file__).with_name("use_dashboard.js")
# no window of Chromium is as narrow as a phone, but a frame is
AROUND = """<iframe src="{page}" width="{width}" height="844" style="border:0"></iframe><script>
addEventListener("message", (event) => {{
  const pre = document.createElement("pre");
  pre.id = "found";
  pre.textContent = event.data;
  document.body.append(pre);
}});
</script>"""


def in_browser(page: Path, width: int = 1000, *flags: str) -> dict[str, Any]:
    """What the script found of the page."""
    assert AXE.is_file(), f"{AXE} is missing: run make test-pages"
    text = page.read_text(encoding="utf-8")
    listen = "window.failures = []; addEventListener('error', (e) => failures.push(e.message));"
    text = text.replace("<head>", f"<head><script>{listen}</script>", 1)
    script = AXE.read_text(encoding="utf-8").replace("</script", "<\\/script")
    steps = STEPS.read_text(encoding="utf-8")
    tried = page.with_name(f"tried_{page.name}")
    tried.write_text(
        text.replace("</body>", f"<script>{script}</script><script>{steps}</script></body>"),
        encoding="utf-8",
    )
    around = page.with_name(f"around_{page.name}")
    around.write_text(AROUND.format(page=tried.name, width=width), encoding="utf-8")
    chromium = os.environ.get("CHROMIUM", "chromium")
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=20000",
    ]
    done = subprocess.run(
        [*command, *flags, "--dump-dom", around.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, f"the script did not end: {done.stderr[-2000:]}"
    plain = found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    loaded: dict[str, Any] = json.loads(plain)
    return loaded


@pytest.fixture(scope="module")
def page(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    written(with_history(demo, folder, odds=0.3), folder, "--names")
    return folder / "dashboard.html"


@pytest.mark.parametrize(
    ("width", "is_dark"), [(1000, False), (390, False), (1000, True)], ids=["wide", "phone", "dark"]
)
def test_it_can_be_used_and_axe_finds_nothing(page: Path, width: int, is_dark: bool) -> None:
    found = in_browser(page, width, f"--blink-settings=preferredColorScheme={0 if is_dark else 1}")
    assert (found["width"], found["dark"]) == (width, is_dark)
    assert found["errors"] == []
    assert found["violations"] == []
    assert found["opened"]["rows"] == 100
    assert len(set(found["opened"]["firsts"])) == 5
    assert found["sorted"]
    assert found["said_sorted"] == "descending"
    assert found["focus_stays"]
    counts = (found["opened"]["count"], found["familiar"], found["golden"], found["owner"])
    everybody, familiar, golden, owned = (int(c.split(" of ")[0].replace(",", "")) for c in counts)
    assert everybody > familiar > golden > owned > 0
    assert "points)" in found["why"]
    assert found["expanded"] == "true"
    assert found["folded"]
    # header, the rows that were filtered, and the end of the last line
    assert len(found["csv"]) == owned + 2
    assert found["csv"][0].startswith("Order,Lead,")
    assert found["prospects"].endswith("prospects")
    assert found["page"].startswith("Page 2 of ")
    assert [found[name] for name in ("#today", "#health", "#funnel")] == [
        ["today"],
        ["health"],
        ["funnel"],
    ]
    assert found["too_wide"] <= 0


def test_twenty_thousand_leads_open_within_two_seconds(demo: Dbt, tmp_path: Path) -> None:
    written(twenty_thousand(demo, tmp_path), tmp_path, "--names")
    found = in_browser(tmp_path / "dashboard.html")
    assert found["opened"]["count"] == "20,000 of 20,000 leads"
    assert found["milliseconds"] < 2000
