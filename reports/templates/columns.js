"use strict";
// The columns of a page of several endpoints: which are shown, and in what order.
const columns = (() => {
  const form = document.getElementById("columns");
  const boxes = form ? [...form.querySelectorAll("input[name=endpoint]")] : [];
  const lines = boxes.map((box) => box.closest("tr"));
  // Cells stand among their siblings by their number; a rule of the page's own sheet hides them.
  const places = () => document.querySelectorAll("#rows tr[data-cells], #rows thead tr, #rows colgroup, .labels");
  const sheet = document.styleSheets[0];
  const own = sheet.cssRules.length;
  let placed = boxes.map((_, at) => at);

  const by = (name) => (a, b) => Number(lines[b].dataset[name]) - Number(lines[a].dataset[name]);
  const ORDERS = {
    supported: by("supported"),
    agree: by("agree"),
    hazards: (a, b) => -by("hazards")(a, b),
    name: (a, b) => boxes[a].value.localeCompare(boxes[b].value, undefined, { sensitivity: "base" }),
  };

  const order = () => {
    const numbers = boxes.map((_, at) => at);
    const wanted = ORDERS[form.elements.sort.value];
    return wanted ? numbers.sort((a, b) => wanted(a, b) || a - b) : numbers;
  };

  const chosen = () => (boxes.length ? boxes.flatMap((box, at) => (box.checked ? [at] : [])) : [0]);

  const move = (wanted) => {
    if (wanted.every((number, at) => number === placed[at])) return;
    placed = wanted;
    for (const place of places()) {
      const cells = [...place.children].filter((it) => it.classList.contains("at"));
      if (!cells.length) continue;
      const next = cells.at(-1).nextSibling;
      const numbered = new Map(cells.map((it) => [it.className.match(/\bc(\d+)\b/)[1], it]));
      for (const number of wanted) place.insertBefore(numbered.get(String(number)), next);
    }
    for (const number of wanted) lines[number].parentElement.append(lines[number]);
  };

  const apply = () => {
    if (!form) return;
    move(order());
    const shown = chosen();
    while (sheet.cssRules.length > own) sheet.deleteRule(own);
    const hidden = boxes.flatMap((box, at) => (box.checked ? [] : [`.at.c${at}`]));
    if (hidden.length) sheet.insertRule(`${hidden.join(",")} { display: none !important; }`, own);
    document.documentElement.style.setProperty("--n", Math.max(shown.length, 1));
    document.getElementById("chosen").textContent = `${shown.length} of ${boxes.length}`;
  };

  // What of a choice stands in the page's address: nothing, while it is the page's own.
  const remember = (query) => {
    if (!form) return;
    if (form.elements.sort.value) query.set("sort", form.elements.sort.value);
    if (chosen().length === boxes.length) return;
    for (const at of chosen()) query.append("endpoint", boxes[at].value);
    if (!chosen().length) query.append("endpoint", "");
  };

  const recall = (query) => {
    if (!form) return;
    form.elements.sort.value = query.get("sort") ?? "";
    if (form.elements.sort.selectedIndex < 0) form.elements.sort.selectedIndex = 0;
    const wanted = query.getAll("endpoint");
    for (const box of boxes) box.checked = !wanted.length || wanted.includes(box.value);
    apply();
  };

  const pick = (all) => {
    for (const box of boxes) box.checked = all;
    apply();
  };

  return { form, titles: boxes.map((box) => box.value), apply, chosen, order: () => placed, pick, recall, remember };
})();
