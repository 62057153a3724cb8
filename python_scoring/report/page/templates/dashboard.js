"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const element = (id) => document.getElementById(id);
  const SHOWN = 100;
  const text = (number) => (number < 0 ? "" : data.texts[number]);
  const chance = (list, row) => (list.chance[row] / 100).toFixed(1) + " %";
  const times = (list, row) => (list.chance[row] / 10000 / data.base_rate).toFixed(1);

  const support = (list, row) =>
    list.support[row] < 0 ? "unknown"
      : (list.unfamiliar[row] < 0 ? "familiar" : "unfamiliar: " + text(list.unfamiliar[row])) + ` (${list.support[row]} leads)`;

  // A column: its title, the value that sorts and is written to CSV, what is shown, and how.
  const column = (title, value, look = {}) => ({ title, value, ...look });
  const common = [
    column("Bucket", (l, r) => data.buckets[l.bucket[r]], { sort: (l, r) => l.bucket[r], text: true }),
    column("Chance of a call", (l, r) => l.chance[r] / 10000, { show: chance, falls: true }),
    column("Times the usual", (l, r) => +times(l, r), { show: times, falls: true, extra: true }),
    column("Tenth", (l, r) => l.tenth[r], { extra: true }),
    column("Golden cohort", (l, r) => (l.golden[r] ? "yes" : "no"), { sort: (l, r) => -l.golden[r], extra: true }),
    column("Support", support, { sort: (l, r) => l.support[r], text: true, extra: true }),
  ];
  const order = column("Order", (l, r) => l.order[r], { extra: true });
  const advisor = column("Advisor (CRD)", (l, r) => l.crd[r] ?? "");
  const columns = {
    leads: [
      order,
      column("Lead", (l, r) => l.lead_id[r], { text: true, row: true }),
      { ...advisor, extra: true },
      ...common,
      column("Owner", (l, r) => text(l.owner_id[r]), { text: true, extra: true }),
    ],
    prospects: [
      order,
      { ...advisor, row: true },
      ...(data.names ? [column("Name", (l, r) => (text(l.first_name[r]) + " " + text(l.last_name[r])).trim(), { text: true })] : []),
      column("Firm", (l, r) => text(l.firm_name[r]), { text: true }),
      ...common,
    ],
  };
  const reasons = (list, row) =>
    [0, 2, 4].map((at) => [list.why[6 * row + at], list.why[6 * row + at + 1] / 100])
      .filter(([number]) => number >= 0)
      .map(([number, points]) => `${data.reasons[number]} (${points >= 0 ? "+" : ""}${points.toFixed(1)} points)`);

  const state = { list: "leads", sort: 0, down: false, page: 0, rows: [] };
  const current = () => data[state.list];

  function choose() {
    const list = current();
    const bucket = element("f-bucket").value, owner = element("f-owner").value, golden = element("f-golden").checked;
    const familiar = element("f-familiar").checked;
    const by = columns[state.list][state.sort], key = by.sort ?? by.value;
    const rows = [];
    for (let row = 0; row < list.order.length; row++) {
      if (bucket !== "" && list.bucket[row] !== +bucket) continue;
      if (golden && !list.golden[row]) continue;
      if (familiar && list.unfamiliar[row] >= 0) continue;
      if (owner !== "" && list.owner_id && list.owner_id[row] !== +owner) continue;
      rows.push(row);
    }
    const keys = new Map(rows.map((row) => [row, key(list, row)]));
    const sign = state.down ? -1 : 1;
    // ties in the order of call
    rows.sort((a, b) => {
      const one = keys.get(a), other = keys.get(b);
      return (one < other ? -sign : one > other ? sign : 0) || list.order[a] - list.order[b];
    });
    state.rows = rows;
    state.page = 0;
    draw();
  }

  function cell(tag, content, look) {
    const made = document.createElement(tag);
    made.textContent = content;
    made.className = [look.text ? "text" : "", look.extra ? "extra" : ""].join(" ").trim();
    if (look.row && tag === "th") made.scope = "row";
    return made;
  }

  function head() {
    const row = element("list").tHead.rows[0];
    row.replaceChildren(
      ...columns[state.list].map((look, number) => {
        const th = cell("th", "", look);
        th.scope = "col";
        const sorted = number === state.sort;
        if (sorted) th.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = look.title + (sorted ? (state.down ? "\u00a0\u25bc" : "\u00a0\u25b2") : "");
        button.addEventListener("click", () => {
          state.down = sorted ? !state.down : Boolean(look.falls);
          state.sort = number;
          choose();
          element("list").tHead.rows[0].cells[number].firstChild.focus();
        });
        th.append(button);
        return th;
      }),
      cell("th", "Why", { text: true }),
    );
  }

  function draw() {
    head();
    const list = current(), from = SHOWN * state.page, rows = state.rows.slice(from, from + SHOWN);
    element("list").tBodies[0].replaceChildren(...rows.map((row) => line(list, row)));
    const all = list.order.length;
    element("count").textContent = `${state.rows.length.toLocaleString("en")} of ${all.toLocaleString("en")} ${state.list}`;
    const pages = Math.max(1, Math.ceil(state.rows.length / SHOWN));
    element("page").textContent = `Page ${state.page + 1} of ${pages}`;
    element("back").disabled = state.page === 0;
    element("on").disabled = state.page >= pages - 1;
  }

  function line(list, row) {
    const tr = document.createElement("tr");
    for (const look of columns[state.list]) {
      const shown = look.show ? look.show(list, row) : look.value(list, row);
      tr.append(cell(look.row ? "th" : "td", shown, look));
    }
    const button = document.createElement("button");
    const named = list.lead_id ? list.lead_id[row] : list.crd[row];
    button.type = "button";
    button.textContent = "Why";
    button.setAttribute("aria-label", `Why ${named}`);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => unfold(tr, button, list, row));
    const td = cell("td", "", { text: true });
    td.append(button);
    tr.append(td);
    return tr;
  }

  function unfold(tr, button, list, row) {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) return tr.nextElementSibling.remove();
    const why = document.createElement("tr"), td = document.createElement("td"), ul = document.createElement("ul");
    why.className = "why";
    td.colSpan = columns[state.list].length + 1;
    const told = reasons(list, row);
    const rest = columns[state.list].filter((look) => look.extra).map((look) => `${look.title}: ${look.show ? look.show(list, row) : look.value(list, row)}`);
    for (const words of [...(told.length ? told : ["No reasons: the SQL engine gives none."]), rest.join(" \u00b7 ")]) {
      const li = document.createElement("li");
      li.textContent = words;
      ul.append(li);
    }
    td.append(ul);
    why.append(td);
    tr.after(why);
  }

  // A cell that begins so is a formula to a spreadsheet (as python_scoring/io/spreadsheet.py).
  const FORMULA = /^(\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])/;
  const quoted = (value) => {
    const safe = typeof value === "string" && FORMULA.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  function csv() {
    const list = current(), looks = columns[state.list];
    const lines = [[...looks.map((look) => look.title), "Why"]];
    for (const row of state.rows) lines.push([...looks.map((look) => look.value(list, row)), reasons(list, row).join("; ")]);
    return lines.map((each) => each.map(quoted).join(",")).join("\r\n") + "\r\n";
  }
  function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + csv()], { type: "text/csv" }));
    link.download = `${state.list}-${document.querySelector("h1").textContent}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function options(select, entries) {
    for (const [value, label] of entries) select.add(new Option(label, value));
  }
  function page() {
    const pages = [...document.querySelectorAll("main > section")];
    const wanted = pages.find((each) => "#" + each.id === location.hash) ?? pages[0];
    for (const each of pages) each.hidden = each !== wanted;
    for (const link of document.querySelectorAll("nav a")) {
      if (link.hash === "#" + wanted.id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  options(element("f-bucket"), data.buckets.map((name, number) => [number, name]));
  const owners = [...new Set(data.leads.owner_id)].filter((number) => number >= 0);
  options(element("f-owner"), owners.map((number) => [number, data.texts[number]]).sort((a, b) => (a[1] < b[1] ? -1 : 1)));
  element("f-list").addEventListener("change", (event) => {
    Object.assign(state, { list: event.target.value, sort: 0, down: false });
    element("f-owner-label").hidden = state.list !== "leads";
    element("f-owner").value = "";
    choose();
  });
  for (const id of ["f-bucket", "f-owner", "f-golden", "f-familiar"]) element(id).addEventListener("change", choose);
  element("filters").addEventListener("submit", (event) => event.preventDefault());
  element("csv").addEventListener("click", download);
  element("back").addEventListener("click", () => { state.page--; draw(); });
  element("on").addEventListener("click", () => { state.page++; draw(); });
  addEventListener("hashchange", page);
  page();
  choose();
})();
