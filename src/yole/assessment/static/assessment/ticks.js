// A full cell leads to the next one; Enter too, so that a sheet is typed without leaving the letters.
const cells = [...document.querySelectorAll(".tick")];
cells.forEach((cell, at) => {
  const next = cells[at + 1];
  cell.addEventListener("focus", () => cell.select());
  cell.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && next) {
      event.preventDefault();
      next.focus();
    }
  });
});
