// The grid of the programme: a slot is dragged to a cell, or moved with the keys. The form behind it is the one that the server reads.
// Without this script each slot has its own form.
(function () {
  "use strict";
  var form = document.querySelector("form[data-grid]");
  if (!form) return;
  var said = document.querySelector("[data-grid-said]");
  var cells = Array.prototype.slice.call(document.querySelectorAll("td[data-room]"));
  var held = null;
  var target = null;
  document.querySelector("[data-grid-help]").hidden = false;

  function mark(cell) {
    if (target) target.classList.remove("over");
    target = cell;
    if (cell) cell.classList.add("over");
  }
  function drop(cell) {
    form.elements.slot.value = held.dataset.slot;
    form.elements.room.value = cell.dataset.room;
    form.elements.day.value = cell.dataset.day;
    form.elements.at.value = cell.dataset.at;
    form.submit();
  }
  function release() {
    if (held) held.classList.remove("moving");
    held = null;
    mark(null);
  }
  function step(key) {
    var cell = target || held.closest("td[data-room]") || cells[0];
    if (!target) return cell;
    var row = cell.parentElement;
    var table = row.closest("tbody");
    var column = Array.prototype.indexOf.call(row.children, cell);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      var beside = key === "ArrowLeft" ? cell.previousElementSibling : cell.nextElementSibling;
      return beside && beside.dataset.room ? beside : cell;
    }
    var next = key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling;
    if (next) return next.children[column];
    var bodies = Array.prototype.slice.call(document.querySelectorAll(".plan-grid tbody"));
    var other = bodies[bodies.indexOf(table) + (key === "ArrowUp" ? -1 : 1)];
    if (!other) return cell;
    return (key === "ArrowUp" ? other.lastElementChild : other.firstElementChild).children[column];
  }

  document.querySelectorAll("[data-slot]").forEach(function (slot) {
    slot.draggable = true;
    slot.addEventListener("dragstart", function (event) {
      held = slot;
      slot.classList.add("moving");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", slot.dataset.slot);
    });
    slot.addEventListener("dragend", release);
    var button = document.createElement("button");
    var title = document.createElement("span");
    title.className = "vh";
    title.textContent = " : " + (slot.querySelector("a, .strong") || slot).textContent;
    button.type = "button";
    button.className = "btn";
    button.append("Déplacer", title);
    button.addEventListener("click", function () {
      release();
      held = slot;
      slot.classList.add("moving");
      mark(step(""));
      said.textContent = target.dataset.words;
    });
    button.addEventListener("keydown", function (event) {
      if (held !== slot) return;
      if (event.key.indexOf("Arrow") === 0) {
        event.preventDefault();
        mark(step(event.key));
        target.scrollIntoView({ block: "nearest", inline: "nearest" });
        said.textContent = target.dataset.words;
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        drop(target);
      } else if (event.key === "Escape") {
        release();
        said.textContent = "Rien n’a bougé.";
      }
    });
    slot.append(button);
  });
  cells.forEach(function (cell) {
    cell.addEventListener("dragover", function (event) {
      if (!held) return;
      event.preventDefault();
      mark(cell);
    });
    cell.addEventListener("drop", function (event) {
      event.preventDefault();
      if (held) drop(cell);
    });
  });
})();
