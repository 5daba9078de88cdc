// The time left of a phase, and a screen that follows the room. Without this file the page shows the hour of the end and a link.
"use strict";
(() => {
  const clocks = () => {
    for (const clock of document.querySelectorAll("[data-ends]")) {
      const left = Math.round((Date.parse(clock.dataset.ends) - Date.now()) / 1000);
      const seconds = Math.max(left, 0);
      const text = `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
      clock.textContent = left > 0 ? text : clock.dataset.over;
    }
  };
  clocks();
  setInterval(clocks, 1000);

  const part = document.querySelector("[data-follow]");
  if (!part) return;
  const follow = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "follow" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-follow]");
      const shown = document.querySelector("[data-follow]");
      if (fresh && shown && fresh.dataset.follow !== shown.dataset.follow) {
        shown.replaceWith(fresh);
        clocks();
      }
    } catch {
      // No network: the next turn tries again.
    }
  };
  setInterval(() => { if (!document.hidden) follow(); }, 8000);
})();
