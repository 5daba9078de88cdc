// Reach the official site by its address, leave the sites that only look like it.

import { button, field, form, h, main } from "./ui.js";

// What was typed, told in one word; the text itself goes nowhere.
export function kind(text, { official, link, ad }) {
  const typed = text.trim().toLowerCase().replace(/^https?:\/\//, "").replace(/^www\./, "");
  const host = typed.split(/[/?#]/)[0];
  if (host === official) return "official";
  if (host === link || host === ad) return "lookalike";
  return /\s/.test(typed) || !host.includes(".") ? "search" : "other";
}

const here = (L, address) => h("p", { class: "task-bar" }, `${L.here} `, h("b", {}, address));

export default {
  screens: {
    bar: ({ v, L, local, act, again, problem }) => {
      const bar = field({ id: "adresse", label: L.address, hint: L.address_hint, value: local.text, problem, mode: "url" });
      const go = () => {
        local.text = bar.input.value;
        if (local.text.trim()) return act(`type:${kind(local.text, v)}`);
        local.problem = L.empty;
        again();
      };
      return { title: L.bar, parts: [form([bar], L.go, go)] };
    },
    results: ({ v, L, W, act }) => {
      const row = (id, address, text, ad) => h("li", {}, h("button", { type: "button", class: "choice task-row", onclick: () => act(`result:${id}`) }, h("span", {}, ad && h("span", { class: "tag" }, L.ad), h("b", {}, address), h("span", { class: "hint" }, text))));
      return { title: L.results, parts: [h("ul", { class: "list" }, row("ad", v.ad, L.ad_text, true), row("official", v.official, v.what), row("other", v.other, L.other_text)), button(W.back, () => act("leave"), "btn-block")] };
    },
    nowhere: ({ L, W, act }) => ({ title: L.nowhere, parts: [h("p", {}, L.nowhere_text), main(W.back, () => act("leave"))] }),
    fake: ({ v, L, act }) => ({
      title: L.fake,
      parts: [here(L, v.ad), h("div", { class: "card" }, h("p", {}, L.fake_text)), button(L.trust, () => act("trust"), "btn-block"), button(L.leave, () => act("leave"), "btn-block")],
    }),
    site: ({ v, L, W, act }) => ({ title: L.site, parts: [here(L, v.official), h("div", { class: "card" }, h("p", {}, v.what)), main(L.next, () => act("next")), button(W.back, () => act("leave"), "btn-block")] }),
    link: ({ v, L, act }) => ({
      title: L.link,
      parts: [h("div", { class: "card stack-s" }, h("p", {}, L.link_text), h("p", { class: "strong" }, v.link)), button(L.open, () => act("link:open"), "btn-block"), button(L.refuse, () => act("link:refuse"), "btn-block")],
    }),
  },
};
