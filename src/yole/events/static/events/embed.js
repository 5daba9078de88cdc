// <yole-programme src="https://site/numerique-en-commun/nec_2026/schedule.json">A link for pages without JavaScript</yole-programme>
// Shows the published programme in another site's page. Nothing is sent but the request of the file; texts are never read as HTML.

class YoleProgramme extends HTMLElement {
  async connectedCallback() {
    const address = this.getAttribute("src");
    if (!address) return;
    let conference;
    try {
      const answer = await fetch(address, { credentials: "omit" });
      conference = (await answer.json()).schedule.conference;
    } catch {
      return; // what the page put inside stays
    }
    const root = this.attachShadow({ mode: "open" });
    const zone = conference.time_zone_name || "America/Martinique";
    const hour = new Intl.DateTimeFormat("fr", { hour: "numeric", minute: "2-digit", timeZone: zone });
    const date = new Intl.DateTimeFormat("fr", { dateStyle: "full", timeZone: "UTC" });
    root.append(this.line("h2", conference.title));
    for (const day of conference.days) {
      const slots = Object.values(day.rooms).flat().sort((a, b) => a.date.localeCompare(b.date));
      if (!slots.length) continue;
      root.append(this.line("h3", date.format(new Date(`${day.date}T12:00:00Z`))));
      const list = root.appendChild(document.createElement("ul"));
      for (const slot of slots) {
        const item = list.appendChild(document.createElement("li"));
        item.append(`${hour.format(new Date(slot.date))} – `);
        const link = item.appendChild(this.line("a", slot.title));
        if (/^https?:/.test(slot.url)) link.href = slot.url;
        item.append(`, ${slot.room}`);
      }
    }
  }

  line(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }
}

customElements.define("yole-programme", YoleProgramme);
