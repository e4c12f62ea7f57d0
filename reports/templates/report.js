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

  const rows = $("tr[data-cells]").map((row) => {
    const next = row.nextElementSibling;
    return {
      row,
      proof: next && next.matches(".proof") ? next : null,
      cells: row.dataset.cells.split("|").map((cell) => cell.split(" ")),
      text: [row.id, row.dataset.group, row.textContent, ...$("td[title]", row).map((td) => td.title)]
        .join(" ").toLowerCase(),
    };
  });

  // Filters: combined by "and"; observed, divergence and hazard must hold of one endpoint.
  const wanted = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));

  const matches = (entry, want) => {
    const { row, cells, text } = entry;
    const is = (name, word) => !want[name] || (MEANS[want[name]] || [want[name]]).includes(word);
    return (
      (!want.q || want.q.toLowerCase().split(/\s+/).every((word) => text.includes(word))) &&
      ["level", "group", "documented"].every((name) => is(name, row.dataset[name])) &&
      (!want.differs || "differs" in row.dataset) &&
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
    const want = wanted();
    const found = new Set(rows.filter((entry) => matches(entry, want)));
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
    const query = new URLSearchParams(wanted()).toString();
    const hash = `#${row}${query ? `?${query}` : ""}`;
    // A sandboxed page has no history; it works all the same.
    try { history[move](null, "", hash === "#" ? location.href.split("#")[0] : hash); } catch { /* */ }
  };

  const recall = (query) => {
    form.reset();
    for (const [name, value] of new URLSearchParams(query)) {
      const field = form.elements.namedItem(name);
      if (!field) continue;
      if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    filter();
  };

  // Evidence: text until it is opened.
  const unfold = (details) => {
    const kept = details.querySelector(":scope > noscript");
    if (!kept) return;
    const shown = document.createElement("div");
    shown.innerHTML = kept.textContent;
    kept.replaceWith(shown);
  };

  // A permalink shows its row whatever the filters say, with its evidence.
  const visit = (id) => {
    for (const old of $("tr.here")) old.classList.remove("here");
    const entry = rows.find(({ row }) => row.id === id);
    if (!entry) return;
    show(entry, true);
    entry.row.classList.remove("context");
    entry.row.classList.add("here");
    if (entry.proof) entry.proof.querySelector("details").open = true;
    hideEmpty();
    entry.row.scrollIntoView({ block: "start" });
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
    const cells = $("a.cell", map);
    const next = cells[cells.indexOf(event.target) + step];
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
    if (event.target.open && event.target.matches(".evidence")) unfold(event.target);
  }, true);
  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.matches(".copy")) copy(target);
    if (target.matches(".clear")) { form.reset(); filter(); remember(); form.elements.q.focus(); }
    const link = target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.matches(".filter")) {
      event.preventDefault();
      recall(parse(link.hash)[1]);
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
  addEventListener("hashchange", follow);
  follow();
})();
