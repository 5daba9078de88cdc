// The service worker keeps the files of the exercises and the pages named, without anybody's data in them.

const place = document.querySelector("[data-worker]");

export async function prepare(pages) {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(place.dataset.worker);
    const { active } = await navigator.serviceWorker.ready;
    return await new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = (event) => resolve(event.data === true);
      active.postMessage(pages, [channel.port2]);
    });
  } catch {
    return false; // the page already open works without it
  }
}
