// Reads a passport from a photo or the camera when this browser can. The picture stays in the page; only the text is sent.
"use strict";
(function () {
  const box = document.querySelector("[data-scan]");
  const text = document.getElementById("v_text");
  if (!box || !text || !("BarcodeDetector" in window)) return;
  const status = box.querySelector("[data-scan-status]");
  const photo = box.querySelector("[data-scan-photo]");
  const start = box.querySelector("[data-scan-start]");
  const video = box.querySelector("video");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let stream = null;

  function found(codes) {
    const code = codes.find((one) => one.rawValue.startsWith("YP1:")) || codes[0];
    if (!code) return false;
    stop();
    text.value = code.rawValue;
    text.form.requestSubmit();
    return true;
  }

  function stop() {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
  }

  async function look() {
    if (!stream) return;
    const codes = await detector.detect(video).catch(() => []);
    if (!found(codes)) setTimeout(look, 250);
  }

  photo.addEventListener("change", async () => {
    const file = photo.files[0];
    if (!file) return;
    status.textContent = box.dataset.reading;
    const codes = await createImageBitmap(file).then((picture) => detector.detect(picture)).catch(() => []);
    if (!found(codes)) status.textContent = box.dataset.nothing;
  });

  start.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      status.textContent = box.dataset.refused;
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    look();
  });

  BarcodeDetector.getSupportedFormats().then((formats) => {
    if (formats.includes("qr_code")) box.hidden = false;
  });
})();
