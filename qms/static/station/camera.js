// Knows how a photo becomes small and says nothing but what it shows; must not know which record it is for.

import { sha256 } from "./record.js";

const LONGEST = 1600;
const LARGEST = 400 * 1024;

/** Returns {blob, sha256, bytes, type} of a picked photo, redrawn: 1600 px at most, 400 kB at most, no EXIF. */
export async function photo(file) {
  const drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(drawn.width, drawn.height));
  const canvas = new OffscreenCanvas(Math.round(drawn.width * scale), Math.round(drawn.height * scale));
  canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
  drawn.close();
  let blob = null;
  for (const quality of [0.85, 0.7, 0.55, 0.4]) {
    blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.size <= LARGEST) break;
  }
  return { blob, sha256: await sha256(await blob.arrayBuffer()), bytes: blob.size, type: blob.type };
}
