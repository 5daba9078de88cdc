// Reads the question aloud with the browser's voice, and prints the result. Both buttons stay hidden where they could do nothing.
(() => {
  "use strict";
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  const button = document.getElementById("ecouter");
  if (!button || !("speechSynthesis" in window)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    window.speechSynthesis.cancel();
    const question = document.getElementById("q");
    const answers = [...document.querySelectorAll("fieldset label b")].map((label) => label.textContent);
    const words = new SpeechSynthesisUtterance([question.dataset.aloud, ...answers].join(". "));
    words.lang = document.documentElement.lang || "fr";
    words.rate = 0.9;
    window.speechSynthesis.speak(words);
  });
  // A voice that goes on over the next page would be lost in its own words.
  window.addEventListener("pagehide", () => window.speechSynthesis.cancel());
})();
