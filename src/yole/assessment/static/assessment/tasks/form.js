// An administrative form, one question per screen, with an error to correct.

import { button, choices, field, form, h, main, say } from "./ui.js";

const digits = (text) => text.replace(/\D/g, "");

const day = (text) => text.split("-").reverse().join(" / ");

// A date as typed in three boxes: « right », « other » (a real day, not the one asked) or « invalid ».
export function kindOfDate([d, m, y], wanted) {
  const [dd, mm, yyyy] = [d, m, y].map((part) => Number(part.trim() || NaN));
  const date = new Date(Date.UTC(yyyy, mm - 1, dd));
  if (!(yyyy > 1880 && date.getUTCFullYear() === yyyy && date.getUTCMonth() === mm - 1 && date.getUTCDate() === dd)) return "invalid";
  return date.toISOString().slice(0, 10) === wanted ? "right" : "other";
}

export function kindOfPhone(text, wanted) {
  if (digits(text).length !== 10) return "invalid";
  return digits(text) === digits(wanted) ? "right" : "other";
}

const line = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

const card = (v, L) => h("section", { class: "card", "aria-label": L.card }, h("h3", {}, L.card), h("dl", { class: "sheet" }, line(L.name, v.card.name), line(L.date, day(v.card.date)), line(L.phone, v.card.phone)));

const sheet = ({ v, L, run, local }, phone) => {
  const file = v.files.find((one) => one.id === run.memory.file);
  return h("dl", { class: "sheet" }, line(L.name, local.name || v.card.name), line(L.date, local.date ? local.date.join(" / ") : run.memory.date === "right" ? day(v.card.date) : "…"), line(L.phone, phone), line(L.file_line, file.name));
};

export default {
  screens: {
    name: ({ v, L, W, local, act, problem }) => {
      const name = field({ id: "nom", label: L.name, hint: L.name_hint, value: local.name, problem });
      const go = () => {
        local.name = name.input.value.trim();
        if (!local.name) local.problem = L.name_empty;
        act(local.name ? "name:filled" : "name:empty");
      };
      return { title: L.name, parts: [card(v, L), form([name], W.go_on, go)] };
    },
    date: ({ v, L, W, local, act, problem }) => {
      const old = local.date || ["", "", ""];
      const boxes = [L.day, L.month, L.year].map((label, n) => field({ id: `date-${n}`, label, value: old[n], mode: "numeric", problem: n ? "" : problem }));
      const go = () => {
        local.date = boxes.map((box) => box.input.value.trim());
        const kind = kindOfDate(local.date, v.card.date);
        if (kind === "invalid") local.problem = L.date_invalid;
        act(`date:${kind}`);
      };
      const group = h("fieldset", { class: "stack-s" }, h("legend", {}, L.date), h("p", { class: "hint" }, L.date_hint), h("div", { class: "task-date" }, boxes));
      return { title: L.date, parts: [card(v, L), form([group], W.go_on, go), button(W.back, () => act("back"), "btn-block")] };
    },
    file: ({ v, L, W, run, act, order }) => ({
      title: L.file,
      parts: [
        h("p", {}, `${L.wanted} `, h("b", {}, v.wanted)),
        choices({ legend: L.file, rows: order(v.files).map((one) => ({ id: one.id, title: one.name, detail: one.detail })), chosen: run.memory.file, go: W.go_on, missing: L.choose, submit: (id) => act(`attach:${id}`) }),
        button(W.back, () => act("back"), "btn-block"),
      ],
    }),
    check: (c) => ({ title: c.L.check, parts: [sheet(c, c.v.typed), main(c.L.send, () => c.act("send")), button(c.W.back, () => c.act("back"), "btn-block")] }),
    error: ({ v, L, W, local, act }) => {
      const typed = local.phone ?? v.typed;
      const wrong = digits(typed).length !== 10 ? say(L.error_text, { n: digits(typed).length }) : "";
      const phone = field({ id: "telephone", label: L.phone, value: typed, problem: wrong, mode: "tel" });
      const go = () => {
        local.phone = phone.input.value;
        act(`phone:${kindOfPhone(local.phone, v.card.phone)}`);
      };
      return { title: wrong ? L.error : L.phone, parts: [card(v, L), form([phone], W.go_on, go)] };
    },
    review: (c) => ({ title: c.L.review, parts: [card(c.v, c.L), sheet(c, c.local.phone || (c.run.memory.phone === "right" ? c.v.card.phone : "…")), main(c.L.send, () => c.act("send")), button(c.W.back, () => c.act("back"), "btn-block")] }),
  },
};
