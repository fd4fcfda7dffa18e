// What a page can do beyond showing: choose, sort, search, save. Without it, everything is there.
"use strict";

/** An element with properties and children. */
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Offers contents as a file. */
function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function saveButton(label, action) {
  const button = make("button", { type: "button", textContent: label });
  button.addEventListener("click", action);
  return button;
}

// Choices: one panel of a figure is shown; each thing that is chosen has radio buttons.
let groups = 0;
for (const box of document.querySelectorAll(".panels")) {
  const panels = [...box.children].filter((each) => each.matches(".panel"));
  if (panels.length < 2) continue;
  const choices = panels.map((panel) => JSON.parse(panel.dataset.choice));
  const names = [...new Set(choices.flatMap((choice) => Object.keys(choice)))];
  let chosen = choices[0];
  const show = () => {
    panels.forEach((panel, i) => panel.hidden = choices[i] !== chosen);
    for (const input of box.querySelectorAll(":scope > fieldset input")) {
      input.checked = chosen[input.dataset.name] === input.value;
    }
  };
  /** The panel that agrees with what was clicked, and else with most of what was chosen. */
  const choose = (name, value) => {
    const agreement = (choice) => names.filter((each) => choice[each] === chosen[each]).length;
    const possible = choices.filter((choice) => choice[name] === value);
    chosen = possible.reduce((a, b) => agreement(b) > agreement(a) ? b : a);
    show();
  };
  const sets = names.map((name) => {
    const group = `choice-${groups++}`;
    const values = [...new Set(choices.map((choice) => choice[name]))].filter((value) => value);
    const labels = values.map((value) => {
      const input = make("input", { type: "radio", name: group, value });
      input.dataset.name = name;
      input.addEventListener("change", () => choose(name, value));
      return make("label", {}, input, " ", make("bdi", { textContent: value }));
    });
    return make(
      "fieldset",
      { className: "choose" },
      make("legend", { textContent: name }),
      ...labels,
    );
  });
  for (const title of box.querySelectorAll(":scope > .panel > .choice")) title.hidden = true;
  box.prepend(...sets);
  show();
}

/** The text of a cell, or its number. */
function valueOf(cell) {
  const text = cell.textContent.trim();
  const number = Number(text.replace("−", "-").replace("∞", "Infinity").split(/[\s[±]/)[0]);
  return text !== "" && text !== "–" && !Number.isNaN(number) ? number : text;
}

/** Numbers before texts, both ascending. */
function compare(a, b) {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0;
}

/** A table as CSV. */
function csvOf(table) {
  const quoted = (cell) => {
    const text = cell.textContent.trim().replace(/^−(?=[\d∞])/, "-");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [...table.rows].map((row) => [...row.cells].map(quoted).join(",") + "\r\n").join("");
}

function saveTable(table) {
  save(new Blob([csvOf(table)], { type: "text/csv" }), fileName(table, "csv"));
}

// Tables: headers sort, a field searches, a button saves.
for (const table of document.querySelectorAll("table.data")) {
  const rows = [...table.tBodies[0].rows];
  const caption = table.caption.textContent;
  const status = make("span", {});
  status.setAttribute("role", "status");
  const tools = make("div", { className: "tools" });
  if (rows.length > 5) {
    const search = make("input", { type: "search", placeholder: "Search" });
    search.setAttribute("aria-label", `Search in ${caption}`);
    search.addEventListener("input", () => {
      const words = search.value.toLowerCase().split(/\s+/).filter((word) => word);
      let found = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) found++;
      }
      status.textContent = words.length > 0 ? `${found} of ${rows.length} rows` : "";
    });
    tools.append(search, status);
  }
  tools.append(
    saveButton("Save CSV", () => saveTable(table)),
  );
  table.closest(".scroll").before(tools);
  if (rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    const button = make("button", { type: "button" }, ...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const ascends = header.getAttribute("aria-sort") !== "ascending";
      for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", ascends ? "ascending" : "descending");
      const sorted = rows.map((row) => [valueOf(row.cells[column]), row])
        .sort(([a], [b]) => ascends ? compare(a, b) : compare(b, a));
      table.tBodies[0].append(...sorted.map(([, row]) => row));
    });
  });
}

/** A name for a file, by the figure that it is of. */
function fileName(element, extension) {
  const figure = element.closest("figure");
  return `${document.title.replace(/[^\w-]+/g, "_")}-${figure ? figure.id : "table"}.${extension}`;
}

/** The drawing of a chart with the colours that are seen, as a file. */
function drawingOf(svg) {
  const copy = svg.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const seen = getComputedStyle(document.documentElement);
  const resolved = new XMLSerializer().serializeToString(copy)
    .replace(/var\((--[\w-]+)\)/g, (_, name) => seen.getPropertyValue(name).trim())
    .replaceAll("currentColor", getComputedStyle(document.body).color);
  return new Blob([resolved], { type: "image/svg+xml" });
}

/** Paints a drawing at twice its size, on the paper of the page. */
function savePng(svg, name) {
  const { width, height } = svg.viewBox.baseVal;
  const url = URL.createObjectURL(drawingOf(svg));
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = make("canvas", { width: 2 * width, height: 2 * height });
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--paper");
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    canvas.toBlob((blob) => save(blob, name), "image/png");
  });
  image.src = url;
}

// Charts: saved as they are seen, and their numbers.
for (const chart of document.querySelectorAll(".chart")) {
  const svg = chart.querySelector("svg");
  const numbers = chart.closest("figure").querySelector(".numbers table");
  chart.after(make(
    "div",
    { className: "tools" },
    saveButton("Save SVG", () => save(drawingOf(svg), fileName(chart, "svg"))),
    saveButton("Save PNG", () => savePng(svg, fileName(chart, "png"))),
    ...numbers ? [saveButton("Save CSV", () => saveTable(numbers))] : [],
  ));
}

// Confusions and buckets: what is clicked shows its sentences, where any of these is in the page.
const sentences = [...document.querySelectorAll(".sentence")];
const worst = document.querySelector("#worst .panels");
if (worst) {
  const told = make("div", { className: "tools" });
  told.setAttribute("role", "status");
  worst.before(told);
  const all = () => {
    for (const each of sentences) each.hidden = false;
    told.replaceChildren();
    const checked = worst.querySelector("input:checked");
    if (checked) checked.dispatchEvent(new Event("change"));
  };
  const having = { pairs: new Map(), buckets: new Map() };
  for (const each of sentences) {
    for (const [list, found] of Object.entries(having)) {
      for (const name of JSON.parse(each.dataset[list] ?? "[]")) {
        found.set(name, [...found.get(name) ?? [], each]);
      }
    }
  }
  /** A button that shows the sentences that have something; nothing where none has. */
  const examplesButton = (label, list, name) => {
    const found = having[list].get(name);
    if (!found) return undefined;
    const button = saveButton(label, () => {
      for (const each of sentences) each.hidden = !found.includes(each);
      for (const panel of worst.children) {
        if (panel.matches(".panel")) {
          panel.hidden = !panel.querySelector(".sentence:not([hidden])");
        }
      }
      told.replaceChildren(`${found.length} with ${name}`, saveButton("Show all", all));
      worst.closest("figure").scrollIntoView();
    });
    button.setAttribute("aria-label", `${label}: sentences with ${name}`);
    return button;
  };
  for (const cell of document.querySelectorAll(".confusion td[data-pair]")) {
    const button = examplesButton(cell.textContent, "pairs", cell.dataset.pair);
    if (button) cell.replaceChildren(button);
  }
  for (const panel of document.querySelectorAll(".panel[data-examples]")) {
    const buttons = Object.entries(JSON.parse(panel.dataset.examples)).flatMap(([name, key]) => {
      const button = examplesButton(name, "buckets", key);
      if (!button) return [];
      for (const text of panel.querySelectorAll("svg text")) {
        if (text.textContent !== name) continue;
        text.classList.add("pressed");
        text.addEventListener("click", () => button.click());
      }
      return [button];
    });
    if (buttons.length > 0) {
      panel.append(make("div", { className: "tools examples" }, "Examples of", ...buttons));
    }
  }
}

// Commands and questions: a button copies them, without asking anybody.
for (const code of document.querySelectorAll("pre > code, code.command")) {
  const place = code.closest("pre") ?? code;
  const button = saveButton("Copy", async () => {
    const isCopied = await copied(code);
    button.textContent = isCopied ? "Copied" : "Press Ctrl-C";
    setTimeout(() => button.textContent = "Copy", 2000);
  });
  button.className = "copy";
  place.after(button);
}

/** Copies a text, or at least selects it. */
async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
