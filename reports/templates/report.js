"use strict";
(() => {
  document.documentElement.classList.add("js");
  const $ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = document.getElementById("filters");
  const readout = document.getElementById("readout");

  // What a filter's word stands for, where that is not the word itself.
  const MEANS = {
    present: ["supported", "partial"],
    absent: ["ignored", "rejected", "broken"],
    differs: ["missing", "partial", "undocumented"],
    any: ["silent", "destructive", "corrupting"],
  };

  const many = document.body.classList.contains("many");
  const several = columns.titles.length > 0 || document.body.classList.contains("several");

  // Below each row of which there is evidence, a row that opens it.
  const proofOf = (row) => {
    const { make } = evidence;
    const last = row.lastElementChild;
    if (!several && !last.textContent) return null;
    const handle = make("summary", ...(several
      ? [make(many ? "span.unseen" : "span", "Evidence")]
      : [last.textContent]), make("span.unseen", ` of ${row.id}`));
    last.textContent = "";
    const cell = make("td", make("details.evidence", handle));
    cell.colSpan = row.cells.length;
    const proof = make("tr.proof", cell);
    row.after(proof);
    return proof;
  };

  const rows = $("tr[data-cells]").map((row, place) => {
    const section = row.closest(".level");
    return {
      row,
      place,
      is: { level: section.dataset.level, group: row.dataset.group, documented: row.querySelector(".documented .w").lastChild.textContent.trim() },
      proof: proofOf(row),
      cells: row.dataset.cells.split("|").map((cell) => cell.split(" ")),
      text: [row.id, row.dataset.group, row.textContent, ...$("td[title]", row).map((td) => td.title)]
        .join(" ").toLowerCase(),
    };
  });

  // Filters: combined by "and"; observed, divergence and hazard must hold of one endpoint.
  // Where endpoints are chosen, only theirs count.
  const wanted = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));

  const matches = (entry, want, chosen) => {
    const { row, text } = entry;
    const cells = chosen.map((column) => entry.cells[column]);
    const is = (name, word) => !want[name] || (MEANS[want[name]] || [want[name]]).includes(word);
    return (
      (!want.q || want.q.toLowerCase().split(/\s+/).every((word) => text.includes(word))) &&
      ["level", "group", "documented"].every((name) => is(name, entry.is[name])) &&
      (!want.differs || new Set(cells.map(([observed]) => observed)).size > 1) &&
      (!want.change || (want.change === "any" ? row.dataset.change !== "-" : is("change", row.dataset.change))) &&
      cells.some(([observed, divergence, hazard]) =>
        is("observed", observed) && is("divergence", divergence) && is("hazard", hazard))
    );
  };

  const hideEmpty = () => {
    for (const group of $("tr.group")) {
      let next = group.nextElementSibling;
      while (next && !next.matches(".group") && next.hidden) next = next.nextElementSibling;
      group.hidden = !next || next.matches(".group");
    }
    for (const part of $(".operation, .level")) {
      part.hidden = !part.querySelector("tr[data-cells]:not([hidden])");
    }
  };

  const show = (entry, shown) => {
    entry.row.hidden = !shown;
    if (entry.proof) entry.proof.hidden = !shown;
  };

  const filter = () => {
    const [want, chosen] = [wanted(), columns.chosen()];
    const found = new Set(rows.filter((entry) => matches(entry, want, chosen)));
    // An operation's own row stays above those of its features that match.
    const within = new Set([...found].map(({ row }) => row.parentElement));
    for (const entry of rows) {
      const context = !found.has(entry) && entry.row.matches(".own")
        && within.has(entry.row.parentElement);
      entry.row.classList.toggle("context", context);
      show(entry, found.has(entry) || context);
    }
    hideEmpty();
    for (const field of form.elements) field.classList.toggle("set", Boolean(want[field.name]));
    document.getElementById("shown").textContent = `${found.size} of ${rows.length} rows`;
    document.getElementById("nothing").hidden = found.size > 0;
  };

  // The hash holds a row, filters, or both: #PutObject/If-Match?level=object. Not the query, which
  // would ask a server for another page, and may be what signs the URL of a private report.
  const parse = (hash) => {
    const [, id, query] = hash.match(/^#?([^?]*)\??(.*)$/s);
    try { return [decodeURIComponent(id), query]; } catch { return [id, query]; }
  };

  const remember = (row = "", move = "replaceState") => {
    const query = new URLSearchParams(wanted());
    columns.remember(query);
    const hash = `#${row}${query.size ? `?${query}` : ""}`;
    // A sandboxed page has no history; it works all the same.
    try { history[move](null, "", hash === "#" ? location.href.split("#")[0] : hash); } catch { /* */ }
  };

  const recall = (text) => {
    const query = new URLSearchParams(text);
    form.reset();
    columns.recall(query);
    for (const [name, value] of query) {
      const field = form.elements.namedItem(name);
      if (!field) continue;
      if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    filter();
  };

  // One run after the other; beside many endpoints, each of them is opened on its own.
  const whose = (entry, column) => {
    const cell = entry.row.querySelector(`td.c${column}`);
    const reason = cell.title && ` ${cell.title}`;
    const words = [...cell.cloneNode(true).childNodes].flatMap((node) => [" ", node]);
    const said = [evidence.make("b", columns.titles[column]), ...words, reason];
    return evidence.make(many ? "summary.whose" : "p.whose", ...said);
  };

  const unfold = async (details) => {
    if (details.dataset.filled) return;
    details.dataset.filled = "1";
    const entry = rows.find(({ proof }) => proof && proof.contains(details));
    const feature = entry.row.matches(".own") ? "" : entry.row.querySelector("th a").lastChild.textContent.toLowerCase();
    if (details.dataset.column) {
      details.append(...await evidence.show(Number(details.dataset.column), entry.place, feature));
      return;
    }
    if (many) await evidence.open("reasons").then(reasoned);
    for (const column of columns.titles.length ? columns.order() : [0]) {
      const run = evidence.make(many ? "details.run" : "div.run");
      if (columns.titles.length) {
        if (entry.cells[column][0] === "-") continue;
        run.classList.add("at", `c${column}`);
        run.append(whose(entry, column));
      }
      run.dataset.column = column;
      details.append(run);
      if (!many) run.append(...await evidence.show(column, entry.place, feature));
    }
  };

  // Beside many endpoints the reasons are packed too; they are what a pointer shows, and found.
  const reasoned = (kept) => {
    for (const entry of rows) {
      if (entry.reasoned) continue;
      entry.reasoned = true;
      kept[entry.place].forEach((reason, column) => {
        if (reason === null) return;
        entry.row.querySelector(`td.c${column}`).title = reason;
        entry.text += ` ${reason.toLowerCase()}`;
      });
    }
  };

  // What stands above may get its true height only now that it comes near.
  const settle = (row, frames = 8) => {
    row.scrollIntoView({ block: "start" });
    if (frames) requestAnimationFrame(() => settle(row, frames - 1));
  };

  // A permalink shows its row whatever the filters say, with its evidence.
  const visit = (id) => {
    for (const old of $("tr.here")) old.classList.remove("here");
    const entry = rows.find(({ row }) => row.id === id);
    if (!entry) return;
    // With its operation's own row above it.
    const own = entry.row.closest("tbody").querySelector("tr.own");
    for (const it of rows.filter(({ row }) => row === own && row.hidden)) {
      show(it, true);
      own.classList.add("context");
    }
    show(entry, true);
    entry.row.classList.remove("context");
    entry.row.classList.add("here");
    if (entry.proof) entry.proof.querySelector("details").open = true;
    hideEmpty();
    settle(entry.row);
    entry.row.querySelector("th a").focus({ preventScroll: true });
  };

  const follow = () => {
    const [id, query] = parse(location.hash);
    if (query || !id) recall(query);
    visit(id);
  };

  const copy = async (button) => {
    const line = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(line.textContent);
    } catch {
      // No clipboard without a secure context: select the line and ask the old way.
      getSelection().selectAllChildren(line);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  // The picture: one tab stop, arrow keys from cell to cell.
  const walk = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const map = event.target.closest(".map");
    if (!step || !map) return;
    // Left and right from row to row, up and down from operation to operation.
    const operation = event.target.closest("li");
    const upright = event.key === "ArrowDown" || event.key === "ArrowUp";
    const cells = $(upright ? "li a.cell:first-child" : "a.cell", map);
    const from = upright ? operation.querySelector("a.cell") : event.target;
    const next = cells[cells.indexOf(from) + step];
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  for (const map of $(".map")) $("a.cell", map).forEach((cell, i) => { cell.tabIndex = i ? -1 : 0; });
  const tell = (event) => {
    if (event.target.matches("a.cell")) readout.textContent = event.target.title;
  };

  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".evidence, details.run")) unfold(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.matches(".copy")) copy(target);
    if (target.matches(".clear")) { form.reset(); filter(); remember(); form.elements.q.focus(); }
    if (target.matches(".pick")) { columns.pick(target.dataset.pick === "all"); filter(); remember(); }
    const link = target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.matches(".filter")) {
      event.preventDefault();
      const query = new URLSearchParams(parse(link.hash)[1]);
      columns.remember(query);
      recall(query);
      remember("", "pushState");
      document.getElementById("rows").scrollIntoView();
    } else if (rows.some(({ row }) => row.id === parse(link.hash)[0])) {
      // Filters that are set stay set, on the page and in its address.
      event.preventDefault();
      remember(link.hash.slice(1), "pushState");
      visit(parse(link.hash)[0]);
    }
  });
  document.addEventListener("keydown", (event) => {
    walk(event);
    if (event.key === "/" && !event.target.matches("input, select, textarea")) {
      event.preventDefault();
      form.elements.q.focus();
    }
  });
  document.addEventListener("pointerover", tell);
  document.addEventListener("focusin", tell);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { filter(); remember(); });
  if (columns.form) {
    columns.form.addEventListener("submit", (event) => event.preventDefault());
    columns.form.addEventListener("input", () => { columns.apply(); filter(); remember(); });
  }
  addEventListener("hashchange", follow);
  follow();
  if (many) {
    // After the first paint: nobody waits for what is only found or pointed at.
    setTimeout(() => evidence.open("reasons").then((kept) => {
      reasoned(kept);
      if (form.elements.q.value) filter();
    }).catch(() => {}), 200);
  }
})();
