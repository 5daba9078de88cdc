// A number in the right cell, and a total that the sheet computes.

import { button, field, form, h, main, say } from "./ui.js";

const RANGE = /^=(?:somme|sum)\(\$?b\$?2[:;.]{1,2}\$?b\$?5\)$/;

// What was typed: ["total", "formula" | "number"] or ["value", "right" | "other"].
export function kind(text, v, cell) {
  const bare = text.replace(/[\s€$]/g, "").toLowerCase();
  const terms = bare.replace(/^=/, "").split("+").sort().join("+");
  if (RANGE.test(bare.replace(/\u202f/g, "")) || (bare.startsWith("=") && terms === "b2+b3+b4+b5")) return ["total", "formula"];
  const number = bare && /^-?\d+([.,]\d+)?$/.test(bare) ? Number(bare.replace(",", ".")) : NaN;
  if (cell === "B6" && number === v.total) return ["total", "number"];
  return ["value", number === v.value ? "right" : "other"];
}

const COLUMNS = ["A", "B"];

function text(cell, { v, L, run, local }) {
  const [column, row] = [cell[0], Number(cell[1])];
  if (row === 1) return column === "A" ? L.expense : L.amount;
  if (local[cell]) return local[cell];
  if (row === 6) {
    if (column === "A") return L.total;
    return run.memory.total === "formula" ? sum(v, run) : run.memory.total === "number" ? String(v.total) : "";
  }
  const [name, amount] = v.rows[row - 2];
  if (column === "A") return name;
  return amount === null ? (run.memory.entry === "right" ? String(v.value) : "") : String(amount);
}

const sum = (v, run) => String(run.memory.entry === "right" ? v.total : v.total - v.value);

const locked = (cell, v) => cell[0] === "A" || cell[1] === "1" || (cell[1] !== "6" && v.rows[cell[1] - 2][1] !== null);

function move(event) {
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  const cell = event.target.dataset && event.target.dataset.cell;
  if (!step || !cell) return;
  const next = `${COLUMNS[COLUMNS.indexOf(cell[0]) + step[0]]}${Number(cell[1]) + step[1]}`;
  const target = event.currentTarget.querySelector(`[data-cell="${next}"]`);
  if (target) {
    event.preventDefault();
    target.focus();
  }
}

export default {
  screens: {
    grid: (c) => {
      const { L, act } = c;
      const square = (cell) => {
        const shown = text(cell, c);
        return h("td", {}, h("button", { type: "button", class: "task-cell", "data-cell": cell, "aria-label": `${say(L.cell, { cell })} : ${shown || L.empty}`, onclick: () => act(`cell:${cell}`) }, shown || "\u00a0"));
      };
      const rows = [1, 2, 3, 4, 5, 6].map((row) => h("tr", {}, h("th", { scope: "row" }, String(row)), COLUMNS.map((column) => square(`${column}${row}`))));
      const head = h("thead", {}, h("tr", {}, h("td", {}), COLUMNS.map((column) => h("th", { scope: "col" }, column))));
      return { title: L.grid, parts: [h("p", { class: "hint" }, L.grid_hint), h("table", { class: "task-sheet", onkeydown: move }, h("caption", { class: "vh" }, L.grid), head, h("tbody", {}, rows)), main(L.done, () => act("done"))] };
    },
    edit: (c) => {
      const { v, L, W, run, local, act } = c;
      const { cell } = run.memory;
      const back = button(W.back, () => act("back"), "btn-block");
      if (locked(cell, v)) return { title: say(L.edit, { cell }), parts: [h("p", {}, h("b", {}, text(cell, c))), h("p", {}, L.locked), back] };
      const box = field({ id: "contenu", label: say(L.field, { cell }), hint: L.field_hint, value: text(cell, c) });
      const go = () => {
        const [verb, arg] = kind(box.input.value, v, cell);
        local[cell] = arg === "formula" ? "" : box.input.value.trim().slice(0, 12);
        act(`${verb}:${arg}`);
      };
      const add = () => {
        local[cell] = "";
        act("total:formula");
      };
      return { title: say(L.edit, { cell }), parts: [form([box], L.write, go), cell === "B6" && button(L.sum, add, "btn-block"), back].filter(Boolean) };
    },
  },
};
