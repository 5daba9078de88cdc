// A solid password. It is judged here, stays in the field as long as the exercise lasts, and is never stored or sent.

import { button, field, form, h, main, say } from "./ui.js";

const SEQUENCES = ["0123456789".repeat(4), "9876543210".repeat(4), "abcdefghijklmnopqrstuvwxyz".repeat(2), "azertyuiopqsdfghjklmwxcvbn".repeat(2), "qwertyuiopasdfghjklzxcvbnm".repeat(2)];
const LEAST = 12;

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const letters = (text) => plain(text).replace(/[^a-z]/g, "");

// « short », « reused » (the same word with other digits is the same password), « common » or « good ».
export function judge(text, used, common) {
  if ([...text].length < LEAST) return "short";
  const bare = plain(text);
  const word = letters(text);
  if (used.some((one) => plain(one) === bare || (word && letters(one) === word))) return "reused";
  const half = (part) => part && word.length % part.length === 0 && part.repeat(word.length / part.length) === word;
  if (!word || new Set(bare).size < 5 || SEQUENCES.some((one) => one.includes(bare) || (word.length > 5 && one.includes(word)))) return "common";
  return common.some((one) => half(one)) ? "common" : "good";
}

export default {
  screens: {
    choose: ({ v, L, act, local, problem, extra }) => {
      const box = field({ id: "secret", label: L.field, hint: L.field_hint, value: local.secret, problem });
      const go = () => {
        const text = box.input.value;
        local.secret = text;
        const found = judge(text, v.used, extra);
        if (found === "short") local.problem = say(L.short, { n: [...text].length });
        act(`choose:${found}`);
      };
      return { title: L.choose, parts: [form([box], L.submit, go), h("section", { class: "card stack-s" }, h("h3", {}, L.used), h("ul", { class: "bullets" }, v.used.map((one) => h("li", {}, one))))] };
    },
    weak: ({ L, run, act }) => ({
      title: L.weak,
      parts: [h("p", {}, run.memory.chosen === "reused" ? L.weak_reused : L.weak_common), main(L.change, () => act("change")), button(L.keep, () => act("keep"), "btn-block")],
    }),
  },
};
