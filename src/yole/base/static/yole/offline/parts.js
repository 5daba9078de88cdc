// Small helpers: the words and the drawings of the page are in its <template> elements, scripts only fill them.

export const one = (selector, place = document) => place.querySelector(selector);
export const some = (selector, place = document) => [...place.querySelectorAll(selector)];

export const words = (count, said) => `${count} ${said}`;

export function hide(selector, hidden) {
  for (const part of some(selector)) part.hidden = hidden;
}

// A copy of <template data-part="name">, its [data-slot] filled with texts.
export function clone(name, texts = {}) {
  const copy = one(`template[data-part=${name}]`).content.firstElementChild.cloneNode(true);
  for (const [slot, text] of Object.entries(texts)) for (const spot of some(`[data-slot=${slot}]`, copy)) spot.textContent = text ?? "";
  return copy;
}

export function fill(place, selector, parts) {
  place?.querySelector(selector)?.replaceChildren(...parts);
}
