// Uses the dashboard as a person does, and tells the page around it what it found.
(async () => {
  const found = { milliseconds: performance.now(), errors: window.failures };
  found.width = innerWidth;
  found.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const by = (id) => document.getElementById(id);
  const change = (id, value) => {
    const each = by(id);
    if (each.type === "checkbox") each.checked = value; else each.value = value;
    each.dispatchEvent(new Event("change"));
  };
  const firsts = () => [...by("list").tBodies[0].rows].slice(0, 5).map((row) => row.cells[1].textContent);
  const count = () => by("count").textContent;
  found.opened = { count: count(), rows: by("list").tBodies[0].rows.length, firsts: firsts() };
  by("list").tHead.rows[0].cells[4].firstChild.click();
  const chances = [...by("list").tBodies[0].rows].map((row) => parseFloat(row.cells[4].textContent));
  found.sorted = chances.every((chance, at) => at === 0 || chance <= chances[at - 1]);
  found.said_sorted = by("list").tHead.rows[0].cells[4].getAttribute("aria-sort");
  found.focus_stays = document.activeElement === by("list").tHead.rows[0].cells[4].firstChild;
  change("f-familiar", true);
  found.familiar = count();
  change("f-familiar", false);
  change("f-golden", true);
  found.golden = count();
  change("f-owner", by("f-owner").options[1].value);
  found.owner = count();
  const why = by("list").tBodies[0].rows[0].querySelector("button");
  why.click();
  found.why = by("list").tBodies[0].rows[1].textContent;
  found.expanded = why.getAttribute("aria-expanded");
  why.click();
  found.folded = by("list").tBodies[0].rows[1]?.className !== "why";
  let blob;
  URL.createObjectURL = (made) => { blob = made; return "#"; };
  by("csv").click();
  found.csv = (await blob.text()).split("\r\n");
  change("f-golden", false);
  change("f-list", "prospects");
  found.prospects = count();
  by("on").click();
  found.page = by("page").textContent;
  found.violations = [];
  for (const page of ["#today", "#health", "#funnel"]) {
    location.hash = page;
    await new Promise((done) => setTimeout(done, 50));
    found[page] = [...document.querySelectorAll("main > section")].filter((each) => !each.hidden).map((each) => each.id);
    const { violations } = await axe.run();
    found.violations.push(...violations.map((each) => `${page} ${each.impact} ${each.id}: ${each.nodes[0].html}`));
  }
  found.too_wide = document.documentElement.scrollWidth - innerWidth;
  parent.postMessage(JSON.stringify(found), "*");
})();
