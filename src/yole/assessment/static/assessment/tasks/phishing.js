// Six messages, one by one: a trap or not. The answers can be changed before the end.

import { button, h, main, say } from "./ui.js";

const answer = (L, given) => (given === "flag" ? L.flag : L.trust);

export default {
  screens: {
    sort: (c) => {
      const { v, L, W, run, local, act, again, order } = c;
      const rows = order(v.messages);
      const at = local.at ?? rows.findIndex((row) => !run.memory[row.id]);
      if (at === -1) {
        const change = (n) => () => {
          local.at = n;
          again();
        };
        const lines = rows.map((row, n) => h("li", { class: "stack-s" }, h("p", {}, h("b", {}, row.from), ` : ${answer(L, run.memory[row.id])}`), h("button", { type: "button", class: "btn btn-l", onclick: change(n), "aria-label": `${L.change} : ${row.from}` }, L.change)));
        return { title: L.review, parts: [h("ul", { class: "list" }, lines), main(L.done, () => act("done"))] };
      }
      const row = rows[at];
      const give = (verb) => () => {
        local.at = undefined;
        act(`${verb}:${row.id}`);
      };
      return {
        title: say(L.message, { n: at + 1, total: rows.length }),
        parts: [
          h("article", { class: "card stack-s" }, h("p", {}, `${L.from} `, h("b", {}, row.from)), h("p", { class: "muted" }, `${L.address} ${row.address}`), h("p", {}, row.text)),
          h("p", { class: "strong" }, L.question),
          button(L.flag, give("flag"), "btn-block"),
          button(L.trust, give("trust"), "btn-block"),
          local.at !== undefined && button(W.back, () => {
            local.at = undefined;
            again();
          }, "btn-block"),
        ].filter(Boolean),
      };
    },
  },
  after: ({ v, L }) => [h("details", {}, h("summary", {}, L.why), h("ul", { class: "list" }, v.messages.map((row) => h("li", {}, h("p", {}, h("b", {}, row.from)), h("p", {}, row.why)))))],
};
