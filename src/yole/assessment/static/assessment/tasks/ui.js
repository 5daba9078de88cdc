// Small pieces of page. Inputs carry no name: no form could send what is typed.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") node[key] = value;
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

export const button = (words, press, more = "") => h("button", { type: "button", class: `btn btn-l ${more}`, onclick: press }, words);

export const main = (words, press) => button(words, press, "btn-sun btn-block");

export const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// One thing to type: label, hint, what is wrong. `submit` is given the text when « Entrée » or the button is pressed.
export function field({ id, label, hint, value = "", problem = "", mode, long = false }) {
  const about = [hint && `${id}-aide`, problem && `${id}-erreur`].filter(Boolean).join(" ");
  const props = { id, class: "input", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": about || null, "aria-invalid": problem ? "true" : null };
  const input = long ? h("textarea", { ...props, rows: 3 }) : h("input", { ...props, type: "text", inputmode: mode });
  input.value = value;
  const parts = [h("label", { for: id }, label), hint && h("p", { class: "hint", id: `${id}-aide` }, hint), input];
  if (problem) parts.push(h("p", { class: "invalid", id: `${id}-erreur` }, problem));
  const box = h("div", { class: "field" }, parts);
  box.input = input;
  return box;
}

export function form(parts, words, submit) {
  const act = (event) => {
    event.preventDefault();
    submit();
  };
  return h("form", { class: "stack", novalidate: true, autocomplete: "off", onsubmit: act }, parts, h("button", { class: "btn btn-sun btn-l btn-block" }, words));
}

// Cards to choose one from: [{ id, title, detail }]. `submit` is given the id; `missing` is said when none is chosen.
export function choices({ legend, rows, chosen, go, missing, submit }) {
  const problem = h("p", { class: "invalid", id: "choix-erreur", role: "alert" });
  const cards = rows.map((row) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "radio", name: "choix", value: row.id, checked: row.id === chosen }),
      h("span", {}, h("b", {}, row.title), row.detail && h("span", { class: "hint" }, row.detail)),
    ),
  );
  const group = h("fieldset", { class: "stack" }, h("legend", { class: "vh" }, legend), h("div", { class: "choice-list" }, cards));
  const box = form([group, problem], go, () => {
    const picked = box.querySelector("input:checked");
    if (picked) return submit(picked.value);
    problem.textContent = missing;
    const first = box.querySelector("input");
    first.setAttribute("aria-describedby", "choix-erreur");
    first.focus();
  });
  return box;
}

// The same seed gives the same order.
export function shuffled(rows, seed) {
  const left = [...rows];
  const out = [];
  let state = seed >>> 0;
  while (left.length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out.push(left.splice(Math.floor((state / 4294967296) * left.length), 1)[0]);
  }
  return out;
}
