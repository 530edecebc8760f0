// Knows how a code gets in: a keyboard-wedge scanner or the camera; must not know what a code means.

import { detector } from "./detector.js";
import { button, dialog, h, toast } from "./ui.js";
import { t } from "./words.js";

const GAP_MS = 60;
const SHORTEST = 3;
let typed = "";
let last = 0;
let taker = () => {};

/** Gives every scanned code to `take`. A wedge types fast and ends with Enter; a person in a field is left alone. */
export function listen(take) {
  taker = take;
  addEventListener("keydown", (event) => {
    const isField = event.target.matches?.("textarea, input:not([data-scan])");
    const now = performance.now();
    if (now - last > GAP_MS) typed = "";
    last = now;
    if (event.key === "Enter") {
      const code = typed;
      typed = "";
      if (code.length >= SHORTEST && !isField) {
        event.preventDefault();
        event.stopPropagation();
        taker(code.trim());
      }
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      typed += event.key;
    }
  }, true);
}

/** Opens the camera until a code is read, and gives it to the same taker. */
export async function openCamera() {
  if (!navigator.mediaDevices?.getUserMedia) {
    toast("bad", t("This tablet gives no camera to the app."), t("Use the scanner, or pick from the list."));
    return;
  }
  const video = h("video", { playsInline: true, muted: true });
  const sheet = dialog(t("Hold the code before the camera"), video,
                       button("quiet", "x", t("Close"), () => sheet.close()));
  let stream = null;
  try {
    const detect = await detector();
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1280 } });
    video.srcObject = stream;
    await video.play();
    while (sheet.open) {
      const code = await detect(video);
      if (code) {
        sheet.close();
        taker(code.trim());
      }
      await new Promise((done) => setTimeout(done, 120));
    }
  } catch (error) {
    sheet.close();
    toast("bad", t("The camera cannot be used."), String(error?.message ?? error));
  } finally {
    stream?.getTracks().forEach((track) => track.stop());
  }
}
