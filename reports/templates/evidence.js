"use strict";
// Evidence: kept compressed, opened when a reader asks for it. Whatever a server said is put on the
// page as text; there is no markup in what is opened.
const evidence = (() => {
  const opened = new Map();

  const unpack = async (id) => {
    if (document.readyState === "loading") {
      await new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
    }
    const packed = atob(document.getElementById(id).content.textContent);
    const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const { texts, rows } = await new Response(stream).json();
    // A number is a text: 0 the next one, else one that stood before.
    let next = 0;
    const told = (it) => {
      if (Array.isArray(it)) return it.map(told);
      if (it === null) return null;
      return it ? texts[it - 1] : texts[next++];
    };
    return told(rows);
  };

  const open = (id) => {
    if (!opened.has(id)) opened.set(id, unpack(id));
    return opened.get(id);
  };

  // An element by "tag.class": text and elements as children, functions get the element.
  const make = (what, ...children) => {
    const [tag, ...classes] = what.split(".");
    const made = document.createElement(tag);
    if (classes.length) made.className = classes.join(" ");
    for (const child of children) {
      if (typeof child === "function") child(made);
      else if (child !== null && child !== undefined) made.append(child);
    }
    return made;
  };
  const set = (attributes) => (made) => {
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  };

  const glyph = (sign) => {
    const symbol = [...document.querySelectorAll(".sprite > symbol")]
      .find((it) => it.dataset.sign === sign);
    if (!symbol) return make("i.icon", sign, set({ "aria-hidden": "true" }));
    const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    use.setAttribute("href", `#${symbol.id}`);
    svg.append(use);
    return make("i.icon", svg, sign, set({ "aria-hidden": "true" }));
  };

  const source = (text) => {
    if (!/^https?:\/\/\S+$/.test(text)) return text;
    const name = text.replace(/\/+$/, "").split("/").pop().replace(/\.html$/, "");
    return make("a", name || text, set({ href: text, rel: "noreferrer noopener" }));
  };

  const TITLES = ["Check", "Weight", "Expected", "Seen", "Source", "Requests"];
  const check = ([id, sign, weight, outcome, expected, observed, from, hazard, places]) =>
    make(`tr.${outcome}`,
      make("th", glyph(sign), ` ${id} `, make("span.unseen", outcome),
        hazard !== null ? make("span.chip.hazard", hazard) : null, set({ scope: "row" })),
      ...[weight, expected, `${outcome === "not-observed" ? "not observed: " : ""}${observed}`,
        source(from), places.join(", ")]
        .map((it, at) => make("td", it, set({ "data-label": TITLES[at + 1] }))));

  const checks = (found) => make("div.scroll",
    make("table.checks",
      make("thead", make("tr", ...TITLES.map((title) => make("th", title, set({ scope: "col" }))))),
      make("tbody", ...found.map((it) => check(it)))),
    set({ tabindex: "0", role: "region", "aria-label": "Checks" }));

  // The first line, the headers and the body as one text that can be selected and copied.
  const message = (first, [size, names, values, body], flag) => {
    const block = make("pre", make("b", first), "\n", set({ tabindex: "0" }));
    for (const [at, name] of names.entries()) {
      const value = values[at];
      if (flag && name.toLowerCase() === flag) block.append(make("mark", `${name}: ${value}`), "\n");
      else block.append(make("i", `${name}:`), ` ${value}\n`);
    }
    if (body !== null) block.append(`\n${body}\n`);
    else if (size !== "0 B") block.append("\n", make("i", `(${size} not kept)`), "\n");
    return block;
  };

  const exchange = ([role, sent, got, error, curl], number, flag) => {
    const [method, target, size, , values] = sent;
    const line = `${method} ${target}`;
    // The pattern refers to what the request says.
    const said = [target, ...values];
    const command = curl.replace(/\u0001(\d+);/g, (_, at) => said[at]);
    const answer = got
      ? make("span.answer", make("b", got[0]), ` ${got[1]} `, make("span.quiet", got[2]))
      : make("span.answer", make("b", "no response"));
    return make("details.exchange",
      make("summary", make("span.number", String(number)), " ",
        make(`span.role.${role}`, role), " ",
        make("code", line), " ", answer),
      make("div.two",
        make("div",
          make("p.k", "Request ", make("span", size)),
          message(line, sent.slice(2), flag)),
        make("div",
          make("p.k", "Response ", got ? make("span", got[3]) : null),
          got ? message(`${got[0]} ${got[1]}`, got.slice(3), "") : null,
          error !== null ? make("pre", error, set({ tabindex: "0" })) : null)),
      make("div.curl", make("pre", command, set({ tabindex: "0" })),
        make("button.copy", "Copy", set({ type: "button" }))),
      (it) => { it.open = role !== "setup"; });
  };

  // What one run found out about one row: its promise, its checks, its requests.
  const show = async (column, place, feature) => {
    let kept;
    try {
      kept = await open(`evidence-${column}`);
    } catch {
      return [make("p.quiet", "This browser cannot open the compressed evidence. A browser of 2023 or later can; the results file has it as JSON.")];
    }
    if (!kept[place]) return [make("p.quiet", "This row was not part of the run.")];
    const [promise, found, sent] = kept[place];
    return [
      promise !== null ? make("p.promise", promise) : null,
      found.length ? checks(found) : null,
      ...sent.map((it, at) => exchange(it, at + 1, feature)),
      sent.length ? null : make("p.quiet", "No request was made for this row."),
    ].filter(Boolean);
  };

  return { make, open, show };
})();
