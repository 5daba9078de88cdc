// Find the message, reply to the right person with the right document.

import { button, choices, field, h, main } from "./ui.js";

const line = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

const find = (rows, id) => rows.find((row) => row.id === id);

export default {
  screens: {
    inbox: ({ v, L, act, order }) => ({
      title: L.inbox,
      parts: [
        h(
          "ul",
          { class: "list" },
          order(v.messages).map((message) =>
            h("li", {}, h("button", { type: "button", class: "choice task-row", onclick: () => act(`open:${message.id}`) }, h("span", {}, h("b", {}, message.from), h("span", { class: "hint" }, message.subject)))),
          ),
        ),
      ],
    }),
    reading: ({ v, L, W, run, act }) => {
      const message = find(v.messages, run.memory.message);
      return {
        title: message.subject,
        parts: [h("p", {}, `${L.from} `, h("b", {}, message.from)), h("div", { class: "card stack-s" }, message.lines.map((text) => h("p", {}, text))), main(L.reply, () => act("reply")), button(W.back, () => act("back"), "btn-block")],
      };
    },
    to: ({ v, L, W, run, act, order }) => ({
      title: L.to,
      parts: [
        choices({ legend: L.to, rows: order(v.people).map((one) => ({ id: one.id, title: one.name, detail: one.address })), chosen: run.memory.to, go: W.go_on, missing: L.choose, submit: (id) => act(`to:${id}`) }),
        button(W.back, () => act("back"), "btn-block"),
      ],
    }),
    file: ({ v, L, W, run, act, order }) => {
      const rows = order(v.files).map((one) => ({ id: one.id, title: one.name, detail: one.detail }));
      rows.push({ id: "none", title: L.no_file, detail: L.no_file_detail });
      return { title: L.file, parts: [choices({ legend: L.file, rows, chosen: run.memory.file, go: W.go_on, missing: L.choose, submit: (id) => act(`attach:${id}`) }), button(W.back, () => act("back"), "btn-block")] };
    },
    check: ({ v, L, W, run, local, act }) => {
      const chosen = find(v.files, run.memory.file);
      const note = field({ id: "mot", label: L.note, hint: L.note_hint, value: local.note, long: true });
      note.input.oninput = () => (local.note = note.input.value);
      return {
        title: L.check,
        parts: [h("dl", { class: "sheet" }, line(L.to_line, find(v.people, run.memory.to).name), line(L.file_line, chosen ? chosen.name : L.no_file)), note, main(L.send, () => act("send")), button(W.back, () => act("back"), "btn-block")],
      };
    },
  },
};
