// Knows how codes that a tablet shows get into the field by this computer's camera; must not know what they hold.

import { detector } from "./station/detector.js";

const EVERY_MS = 120;

function scanning(box) {
  const field = document.querySelector("textarea[name=codes]");
  const button = box.querySelector("[data-scan]");
  const video = box.querySelector("video");
  const status = box.querySelector("[role=status]");
  const known = new Set(field.value.split(/\s+/).filter(Boolean));
  let stream = null;

  const add = (code) => {
    if (known.has(code)) return;
    known.add(code);
    field.value = `${field.value.trimEnd()}\n${code}\n`.trimStart();
    status.textContent = `${box.dataset.started}${known.size}`;
  };
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.setAttribute("aria-pressed", "false");
  };
  const start = async () => {
    const detect = await detector();
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1920 } });
    video.srcObject = stream;
    video.hidden = false;
    button.setAttribute("aria-pressed", "true");
    status.textContent = `${box.dataset.started}${known.size}`;
    await video.play();
    while (stream) {
      const code = await detect(video);
      if (code) add(code.trim());
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
  };
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    try { await start(); } catch { stop(); status.textContent = box.dataset.missing; }
  });
}

document.querySelectorAll("[data-scanner]").forEach(scanning);
