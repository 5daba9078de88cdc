// Favourites of a programme, kept in this browser alone. Without this script the programme is whole, without the buttons.
(function () {
  "use strict";
  var bar = document.querySelector("[data-favourites]");
  if (!bar) return;
  var name = "yole-nec-" + bar.dataset.favourites;
  var kept;
  try {
    kept = new Set(JSON.parse(localStorage.getItem(name) || "[]"));
  } catch (unreadable) {
    return;
  }
  var only = bar.querySelector("button");
  var count = only.querySelector("[data-count]");
  var cards = Array.prototype.slice.call(document.querySelectorAll("[data-slot]"));
  var none = document.createElement("p");
  none.setAttribute("role", "status");
  none.hidden = true;
  none.textContent = bar.dataset.none;
  bar.after(none);

  function show() {
    var pressed = only.getAttribute("aria-pressed") === "true";
    var shown = 0;
    cards.forEach(function (card) {
      card.hidden = pressed && !kept.has(card.dataset.slot);
      if (!card.hidden) shown += 1;
    });
    document.querySelectorAll("section.slot").forEach(function (section) {
      section.hidden = pressed && !section.querySelector("[data-slot]:not([hidden])");
    });
    count.textContent = cards.filter(function (card) { return kept.has(card.dataset.slot); }).length;
    none.hidden = shown > 0;
  }

  cards.forEach(function (card) {
    var button = document.createElement("button");
    var title = document.createElement("span");
    var label = document.createElement("span");
    title.className = "vh";
    title.textContent = " : " + card.querySelector("h2, h3, h4").textContent;
    button.type = "button";
    button.className = "btn";
    button.append(label, title);
    function say() {
      var here = kept.has(card.dataset.slot);
      label.textContent = here ? bar.dataset.remove : bar.dataset.add;
    }
    button.addEventListener("click", function () {
      if (!kept.delete(card.dataset.slot)) kept.add(card.dataset.slot);
      try {
        localStorage.setItem(name, JSON.stringify(Array.from(kept)));
      } catch (full) {
        // The list lives as long as the page.
      }
      say();
      show();
    });
    say();
    card.append(button);
  });
  only.addEventListener("click", function () {
    only.setAttribute("aria-pressed", String(only.getAttribute("aria-pressed") !== "true"));
    show();
  });
  bar.hidden = false;
  show();
})();
