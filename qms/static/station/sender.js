// Knows how waiting records reach the server, each once (protocol A4 to A6); must not know what they say.

import { call } from "./net.js";
import * as outbox from "./outbox.js";

const EVERY_MS = 20000;
const PHOTO_TRIES = 3;
const KEEP = new Set([400, 409, 413, 415, 422]);
const listeners = new Set();
let timer = null;
let again = false;

/** Tells whoever asks what the sender found: {paused: null|"device"|"person", delivered: [receipts]}. */
export const onChange = (listener) => listeners.add(listener);
const tell = (news) => listeners.forEach((listener) => listener(news));

/** Begins to send whenever there is a reason to. */
export function start() {
  for (const event of ["online", "pageshow"]) addEventListener(event, () => flush());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(flush, EVERY_MS);
  flush();
}

/** Sends everything that is due; one sender per tablet, whatever number of tabs. */
export async function flush({ force = false } = {}) {
  if (force) await hurry();
  const ran = await outbox.alone(async (lock) => {
    if (!lock) return false;
    await drain();
    return true;
  }, { ifAvailable: true });
  if (!ran) again = true;
  else if (again) { again = false; schedule(250); }
}

async function hurry() {
  for (const item of await outbox.items()) {
    if (item.state === "waiting" && item.next_at) await outbox.put({ ...item, next_at: 0 });
  }
}

async function drain() {
  for (;;) {
    const now = Date.now();
    const due = (await outbox.items()).filter((item) => item.state !== "attention" && item.next_at <= now)
      .sort((a, b) => a.next_at - b.next_at || a.seq - b.seq);
    if (!due.length) break;
    for (const item of due) {
      if (!(await offer(item))) return;
    }
  }
  const later = (await outbox.items()).filter((item) => item.state !== "attention").map((item) => item.next_at);
  if (later.length) schedule(Math.max(100, Math.min(...later) - Date.now()));
}

function schedule(ms) {
  clearTimeout(timer);
  timer = setTimeout(flush, Math.min(ms, EVERY_MS));
}

/** Offers one record; returns false when the whole queue has to pause. */
async function offer(item) {
  try {
    const photosDone = await sendPhotos(item);
    if (!item.receipt && (photosDone || item.photos.every((photo) => photo.sent || photo.tries >= PHOTO_TRIES))) {
      item.receipt = await sendRecord(item);
      await outbox.put({ ...item, tries: 0 });
      if (item.receipt.checkpoint) await outbox.setMeta("checkpoint", item.receipt.checkpoint);
      tell({ delivered: [item.receipt], paused: null });
    }
    if (item.receipt && item.photos.every((photo) => photo.sent)) await outbox.deliver(item);
    else await wait(item, null);
    return true;
  } catch (error) {
    return refused(item, error);
  }
}

async function sendPhotos(item) {
  for (const photo of item.photos) {
    if (photo.sent) continue;
    const blob = await outbox.photo(item.id, photo.slot);
    try {
      if (!blob) throw Object.assign(new Error("photo is gone from this tablet"), { status: 422 });
      const { json } = await call("PUT", `rejects/${item.id}/photos/${photo.slot}`, {
        body: blob, headers: { "Content-Type": photo.type, "X-Sha256": photo.sha256 } });
      if (json?.id !== item.id || json?.sha256 !== photo.sha256) throw new Error("receipt of another photo");
      photo.sent = true;
      await outbox.put(item);
    } catch (error) {
      if (error.status === 401 || error.status === 403) throw error;
      photo.tries += 1;
      item.last_error = error.message;
      if (item.receipt && KEEP.has(error.status)) throw error;
    }
  }
  return item.photos.every((photo) => photo.sent);
}

/** Sends the stored bytes; an answer counts only as the receipt of just these bytes. */
async function sendRecord(item) {
  const { json } = await call("PUT", `rejects/${item.id}`,
    { body: item.body, headers: { "Content-Type": "application/json" } });
  if (json?.id !== item.id || json?.sha256 !== item.sha256) throw new Error("receipt of another record");
  return json;
}

async function refused(item, error) {
  if (error.status === 401 || error.status === 403) {
    await outbox.put({ ...item, last_error: error.message });
    tell({ paused: error.code === "device" ? "device" : "person", delivered: [] });
    return false;
  }
  if (KEEP.has(error.status)) {
    await outbox.put({ ...item, state: "attention", status: error.status, last_error: error.message });
    tell({ paused: null, delivered: [] });
    return true;
  }
  await wait(item, error);
  return true;
}

async function wait(item, error) {
  const tries = item.tries + 1;
  const backoff = Math.min(60000, 500 * 2 ** tries) * (0.5 + Math.random());
  await outbox.put({ ...item, tries, next_at: Date.now() + Math.max(backoff, error?.retryAfter ?? 0),
                     last_error: error?.message ?? item.last_error });
}
