// Knows the one form of a record (body v1) and its bytes; must not know how it is kept or sent.

export const FORM = 1;

/** Returns a new UUID of version 7: an id, not a time source. */
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let n = 5, left = now; n >= 0; n -= 1, left = Math.floor(left / 256)) bytes[n] = left % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Writes a value as canonical JSON: keys sorted, text in NFC, whole numbers only. Throws TypeError. */
export function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`);
    return String(value);
  }
  if (typeof value === "string") return JSON.stringify(value.normalize("NFC"));
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

/** Returns the SHA-256 of a text or of bytes, in hex. */
export async function sha256(content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns a badge's code as the server keeps it, however the scanner typed it. */
export const plainCode = (scanned) => scanned.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");

/** Tells a badge from the label of a lot. */
export const isBadge = (scanned) => /^QB[0-9A-Z]{16}$/.test(plainCode(scanned));

/** Writes an instant with this tablet's offset, as RFC 3339. */
export function localTime(at = new Date()) {
  const two = (n) => String(Math.abs(n)).padStart(2, "0");
  const offset = -at.getTimezoneOffset();
  const shifted = new Date(at.getTime() + offset * 60000).toISOString().slice(0, -1);
  return `${shifted}${offset < 0 ? "-" : "+"}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
}

/** Builds a record once: its id, its bytes and their hash never change again. */
export async function build({ seq, id, deviceId, actor, skewMs, appVersion, fields, photos }) {
  const body = canonical({
    v: FORM, id, device_id: deviceId, device_seq: seq, actor, device_time: localTime(),
    monotonic_ms: Math.round(performance.now()), skew_ms: skewMs, app_version: appVersion, fields,
    photos: photos.map(({ slot, sha256: hash, bytes, type }) => ({ slot, sha256: hash, bytes, type })),
  });
  return { id, body, sha256: await sha256(body) };
}
