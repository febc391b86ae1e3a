"use strict";
const json = (id) => JSON.parse(document.getElementById(id).textContent);

const drawn = Object.entries(json("specs")).map(([name, spec]) =>
  vegaEmbed(document.getElementById("chart-" + name), spec, { actions: false, renderer: "svg" }),
);
Promise.all(drawn).then(() => {
  document.documentElement.dataset.drawn = Math.round(performance.now());
});

// A click on a column's name sorts by it, a second one the other way round.
const table = document.getElementById("layers");
const value = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
};
const compare = (a, b) => {
  if (typeof a === typeof b) {
    return typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
  }
  return typeof a === "number" ? -1 : 1; // where there is no number comes last
};
table.tHead.addEventListener("click", (event) => {
  const head = event.target.closest("th");
  if (!head) return;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((a, b) => {
    const order = compare(value(a, head.cellIndex), value(b, head.cellIndex));
    return down ? -order : order;
  });
  body.append(...rows);
});

document.getElementById("more").addEventListener("change", (event) => {
  table.classList.toggle("all", event.target.checked);
});

const save = document.getElementById("save");
save.addEventListener("click", () => {
  const text = document.getElementById("documents").textContent;
  save.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
});
