// The list: keeps every exercise on this device when asked, and sends what waits.

import { flush, watch } from "./outbox.js";
import { prepare } from "./prepare.js";

const root = document.getElementById("exercices");
const code = new URLSearchParams(location.search).get("code");
// The list kept on the device is the same for everybody: the code of the address is put back.
if (code) for (const link of root.querySelectorAll("a")) link.href = `${new URL(link.href).pathname}?code=${encodeURIComponent(code)}`;

const box = document.getElementById("hors-ligne");
if ("serviceWorker" in navigator) {
  box.hidden = false;
  const said = box.querySelector("[role=status]");
  box.querySelector("button").onclick = async () => {
    const pages = [location.pathname, ...[...root.querySelectorAll("a")].map((link) => new URL(link.href).pathname)];
    said.textContent = (await prepare(pages)) ? said.dataset.ready : said.dataset.failed;
  };
}
watch(root.dataset.send, () => {});
flush(root.dataset.send, () => {});
