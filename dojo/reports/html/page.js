"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const map = document.querySelector(".map");
  const body = map.tBodies[0];
  const rows = [...body.rows];
  const numbers = new Map(rows.map((row, number) => [row, number]));
  const dialog = document.querySelector("dialog");
  const drill = document.getElementById("drill");
  const PASSED = "passed";
  const SIGNS = { [PASSED]: "✓", "not judged": "–" };
  let current = null;

  // Everything from a submission comes in here, and becomes text.
  function make(tag, words, ...children) {
    const element = document.createElement(tag);
    if (words) element.className = words;
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  function draw(tag, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  }

  const isolated = (text) => make("bdi", "", text);
  const short = (slug) => slug.split("_")[0];
  const number = (value) => String(Math.round(value * 1e6) / 1e6);

  // -- a timeline ---------------------------------------------------------------------------------

  function timeline(bars) {
    const moments = bars.flatMap(([, begin, end]) => [begin, end]).filter((moment) => moment !== null);
    const last = Math.max(0, ...moments) || 1;
    const percent = (moment) => (100 * moment) / last;
    const scale = make("tr", "scale", make("th", ""),
      make("td", "", make("span", "", make("span", "", "0"), make("span", "", `${number(last)} s`))), make("td", ""));
    const lines = bars.map(([label, begin, end, outcome]) => {
      const svg = draw("svg", { width: "100%", height: 12, "aria-hidden": "true" });
      let when = outcome;
      if (begin !== null) {
        const until = end === null ? last : end;
        const x = percent(begin);
        const width = Math.max(0.6, percent(until) - x);
        svg.append(draw("rect", { x: `${Math.min(x, 99.4)}%`, y: 1, width: `${width}%`, height: 10 }));
        if (outcome === "error" || outcome === "cancelled") {
          const at = `${Math.min(99.6, x + width)}%`;
          svg.append(draw("line", { class: "tip", x1: at, x2: at, y1: 0, y2: 12 }));
        }
        when = `${number(begin)} – ${end === null ? "…" : number(end)} s${outcome === "ok" ? "" : ` ${outcome}`}`;
      } else {
        svg.append(draw("line", { class: "tip", x1: 0, x2: "100%", y1: 6, y2: 6, "stroke-dasharray": "1 5", opacity: 0.5 }));
      }
      const name = make("th", "", isolated(label));
      name.scope = "row";
      name.title = label;
      return make("tr", outcome, name, make("td", "", svg), make("td", "", when));
    });
    return make("table", "timeline", make("tbody", "", scale, ...lines));
  }

  // -- what a cell opens --------------------------------------------------------------------------

  function facts(pairs) {
    const shown = pairs.filter(([, text]) => text);
    return make("dl", "facts", ...shown.map(([term, text]) => make("div", "", make("dt", "", term), make("dd", "", isolated(text)))));
  }

  const notice = (text, alarm) => make("p", alarm ? "notice alarm" : "notice", isolated(text));

  function said([, ...parts]) {
    const [message, error, where, printed, bars] = parts.map((part) => data.parts[part]);
    const list = make("dl", "said");
    const add = (term, tag, text) => {
      if (text) list.append(make("dt", "", term), make("dd", "", make(tag, "", text)));
    };
    add(error ? isolated(error) : "Message", "pre", message || error);
    add("Where", "code", where);
    add("Printed", "pre", printed);
    if (bars.length) list.append(make("dt", "", "Calls"), make("dd", "", timeline(bars)));
    return list;
  }

  function test([id, title, , box, hidden, worth], place, answer) {
    const verdict = data.verdicts[answer.verdicts[place]];
    const passed = verdict === PASSED;
    const partial = (answer.partial || []).find(([of]) => of === place);
    const earned = partial ? partial[1] : passed ? worth : "0";
    const kinds = [box, hidden ? "hidden" : null].filter(Boolean).flatMap((kind) => [" ", make("span", "tag", kind)]);
    const about = (answer.said || []).find(([of]) => of === place);
    return make("li", "test",
      make("p", "",
        make("span", `verdict ${passed ? PASSED : SIGNS[verdict] ? "open" : "failed"}`, `${SIGNS[verdict] || "✗"} ${verdict}`),
        make("span", "words", isolated(title || id), ...kinds, make("code", "id", isolated(id))),
        make("span", "of", `${earned} / ${worth}`)),
      about ? said(about) : null);
  }

  function tests(answer) {
    const byTask = new Map();
    data.parts[answer.tests].forEach((row, place) => {
      const task = row[2] === null ? "Other tests" : `Task ${row[2]}`;
      byTask.set(task, [...(byTask.get(task) || []), test(row, place, answer)]);
    });
    return [...byTask].flatMap(([task, found]) => [make("h3", "", task), make("ul", "", ...found)]);
  }

  function kata(row, column) {
    const found = row.cells && row.cells[column];
    if (!found) return [notice("This kata was not judged.")];
    const answer = data.answers[found[0]];
    const verdicts = [...answer.verdicts || ""].map((digit) => data.verdicts[digit]);
    const passed = verdicts.filter((verdict) => verdict === PASSED).length;
    return [
      facts([
        ["Points", answer.fault ? "no mark" : `${answer.earned} of ${data.katas[column][2]}`],
        ["Tests passed", `${passed} of ${verdicts.length}`],
        ["Time", `${found[3]} s`],
        ["Files", found[1]],
        ["Seed", found[2]],
      ]),
      answer.fault ? notice(`No mark, by the grader’s own fault: ${answer.fault}`, true) : null,
      verdicts.includes("tampered") ? notice("This submission was seen to meddle with its judge.", true) : null,
      answer.untouched ? notice("Nothing was handed in for this kata: judged on its stub.") : null,
      ...(answer.resembles || []).map(([name, lesson]) => notice(`Fails like ${name}: ${lesson}`)),
      ...(answer.notes || []).map((note) => notice(note)),
      ...tests(answer),
    ];
  }

  function submission(row) {
    const list = (row.cells || []).map((found, column) => [data.katas[column], found])
      .filter(([, found]) => found)
      .map(([[slug, title, worth], found]) => {
        const answer = data.answers[found[0]];
        return make("tr", "", make("th", "", make("span", "slug", short(slug)), ` ${title}`),
          make("td", "number", answer.fault ? "no mark" : `${answer.earned} / ${worth}`));
      });
    return [
      facts([["Points", row.fault ? "no mark" : `${row.total} of ${data.worth}`], ["From", row.source]]),
      row.refused ? notice(`Refused: ${row.refused}`, true) : null,
      row.fault ? notice(`No mark, by the grader’s own fault: ${row.fault}`, true) : null,
      ...(row.notes || []).map((note) => notice(note)),
      list.length ? make("table", "list", make("tbody", "", ...list)) : null,
    ];
  }

  function show(cell) {
    const row = data.rows[numbers.get(cell.parentNode)];
    const column = cell.colSpan > 1 ? -1 : cell.cellIndex - 2;
    const title = column < 0 ? [] : [` · ${short(data.katas[column][0])} ${data.katas[column][1]}`];
    document.getElementById("heading").replaceChildren(isolated(row.name), ...title);
    drill.replaceChildren(...(column < 0 ? submission(row) : kata(row, column)).filter((each) => each !== null));
    dialog.scrollTop = 0;
    mark(cell);
    if (!dialog.open) dialog.showModal();
    drill.focus({ preventScroll: true });
    for (const button of dialog.querySelectorAll("[data-step]")) {
      button.disabled = !beside(cell, Number(button.dataset.step));
    }
  }

  // -- moving about -------------------------------------------------------------------------------

  const visible = () => [...body.rows].filter((row) => !row.hidden);
  // A row that holds one wide cell stands for all columns.
  const inColumn = (row, column) => row.cells[Math.min(column, row.cells.length - 1)];

  function mark(cell) {
    if (current) current.tabIndex = -1;
    current = cell;
    if (!cell) return;
    cell.tabIndex = 0;
    const column = cell.colSpan > 1 ? -1 : cell.cellIndex - 2;
    if (column >= 0) {
      const row = data.rows[numbers.get(cell.parentNode)];
      cell.setAttribute("aria-label", `${row.name}, ${short(data.katas[column][0])}: ${cell.textContent} of ${data.katas[column][2]}`);
    }
  }

  function beside(cell, step) {
    const shown = visible();
    const row = shown[shown.indexOf(cell.parentNode) + step];
    return row && inColumn(row, cell.cellIndex);
  }

  function go(cell) {
    if (!cell) return;
    mark(cell);
    cell.focus({ preventScroll: true });
    // Not under the heading, nor under the columns that stay.
    const frame = document.getElementById("map");
    const [outer, inner] = [frame.getBoundingClientRect(), cell.getBoundingClientRect()];
    const top = outer.top + map.tHead.offsetHeight;
    const left = outer.left + body.rows[0].cells[0].offsetWidth + body.rows[0].cells[1].offsetWidth;
    if (inner.top < top) frame.scrollTop -= top - inner.top;
    if (inner.bottom > outer.bottom - 16) frame.scrollTop += inner.bottom - outer.bottom + 16;
    if (cell.cellIndex > 1) {
      if (inner.left < left) frame.scrollLeft -= left - inner.left;
      if (inner.right > outer.right - 16) frame.scrollLeft += inner.right - outer.right + 16;
    }
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const keys = {
    ArrowUp: (cell) => beside(cell, -1),
    ArrowDown: (cell) => beside(cell, 1),
    ArrowLeft: (cell) => cell.previousElementSibling,
    ArrowRight: (cell) => cell.nextElementSibling,
    Home: (cell) => cell.parentNode.firstElementChild,
    End: (cell) => cell.parentNode.lastElementChild,
    PageUp: (cell) => beside(cell, -Math.min(10, visible().indexOf(cell.parentNode))),
    PageDown: (cell) => beside(cell, Math.min(10, visible().length - 1 - visible().indexOf(cell.parentNode))),
  };

  body.addEventListener("keydown", (event) => {
    const cell = event.target.closest("th, td");
    if (event.ctrlKey || event.altKey || event.metaKey || !cell) return;
    if (event.key === "Enter" || event.key === " ") show(cell);
    else if (event.key in keys) go(keys[event.key](cell));
    else return;
    event.preventDefault();
  });
  body.addEventListener("click", (event) => {
    const cell = event.target.closest("th, td");
    if (cell) show(cell);
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (event.target === dialog || (button && "close" in button.dataset)) dialog.close();
    else if (button) show(beside(current, Number(button.dataset.step)));
  });
  dialog.addEventListener("close", () => go(current));

  // -- filter and sort ----------------------------------------------------------------------------

  const form = document.getElementById("filter");
  const input = form.querySelector("input");

  function filter() {
    const wanted = input.value.trim().toLocaleLowerCase();
    rows.forEach((row, place) => {
      row.hidden = !data.rows[place].name.toLocaleLowerCase().includes(wanted);
    });
    const shown = visible();
    form.querySelector("output").value = wanted ? `${shown.length} of ${rows.length}` : "";
    if (!current || current.parentNode.hidden) mark(shown.length ? shown[0].cells[0] : null);
  }

  const order = new Intl.Collator(undefined, { numeric: true });

  // Points of a cell; null where there is no mark, which goes to the end either way.
  function value(row, column) {
    const cell = row.cells[column];
    if (!cell || cell.colSpan > 1 || cell.classList.contains("unmarked") || cell.classList.contains("absent")) return null;
    return Number((/[\d.]+/.exec(cell.textContent) || ["0"])[0]);
  }

  function sort(heading) {
    const column = heading.cellIndex;
    const before = heading.getAttribute("aria-sort");
    // Names from A, points from the most.
    const up = before ? before === "descending" : column === 0;
    for (const other of map.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const sign = up ? 1 : -1;
    const name = (row) => data.rows[numbers.get(row)].name;
    body.append(...[...rows].sort((one, two) => {
      if (column === 0) return sign * order.compare(name(one), name(two));
      const [a, b] = [value(one, column), value(two, column)];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (a - b) || order.compare(name(one), name(two));
    }));
  }

  for (const heading of map.tHead.rows[0].cells) {
    const button = make("button", "", ...heading.childNodes);
    button.type = "button";
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }
  input.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  document.getElementById("scriptless").remove();
  map.setAttribute("role", "grid");
  filter();
})();
