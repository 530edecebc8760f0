// Knows how a waiting record is written as QR codes, the last resort of a tablet that cannot send (protocol A11).
// A code is `QMS1.<id>.<sha256>.<k>.<n>.<part>.`: capitals and figures only, so that every scanner types it unspoiled.

import { encodeQR } from "../vendor/qr/qr.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PART = 480;

/** Returns the texts of the codes that together hold one record: its body, deflated, in Base32. */
export async function codesOf({ id, sha256, body }) {
  const text = base32(await deflated(body));
  const n = Math.max(1, Math.ceil(text.length / PART));
  const head = `QMS1.${id.replaceAll("-", "").toUpperCase()}.${sha256.toUpperCase()}`;
  return Array.from({ length: n }, (_, k) => `${head}.${k + 1}.${n}.${text.slice(k * PART, (k + 1) * PART)}.`);
}

/** Draws a code as an image that scales without blur. */
export function drawn(code, label) {
  const image = new Image();
  image.className = "qr";
  image.alt = label;
  image.src = `data:image/svg+xml,${encodeURIComponent(encodeQR(code, "svg", { ecc: "medium", border: 4 }))}`;
  return image;
}

async function deflated(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function base32(bytes) {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}
