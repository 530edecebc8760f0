// Knows how a captured record survives on this tablet until the server has it; must not know what a record says.
// The database's version is 1 for ever: a new need gets a new database, so that no update can empty this one.

import { openDB } from "../vendor/idb/idb.js";

const NAME = "capture-outbox";
const KEPT_MS = 30 * 24 * 3600 * 1000;
const STRICT = { durability: "strict" };

let opened = null;

/** Opens the outbox once; a handle that the browser closed is opened anew. */
function outbox() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      db.createObjectStore("outbox", { keyPath: "id" });
      db.createObjectStore("photo", { keyPath: "key" });
      db.createObjectStore("sent", { keyPath: "id" });
      db.createObjectStore("meta", { keyPath: "key" });
    },
    terminated() { opened = null; },
  });
  opened.catch(() => { opened = null; });
  return opened;
}

/** Does some work on the outbox; tries once more, with the same work, when the handle was found closed. */
async function within(work) {
  try {
    return await work(await outbox());
  } catch (error) {
    if (error?.name !== "InvalidStateError") throw error;
    opened = null;
    return work(await outbox());
  }
}

/**
 * Saves a record and its photos in one durable transaction and gives it the tablet's next number.
 * `build(seq)` returns {id, body, sha256}; photos are [{slot, blob, sha256, bytes, type}]. Resolves only when it is on
 * the disk; rejects, with nothing kept, when it is not.
 */
export function save(build, photos) {
  return navigator.locks.request("outbox-number", async () => {
    const seq = (await number()) + 1;
    const made = await build(seq);
    const item = {
      ...made, seq, saved_at: Date.now(), state: "waiting", tries: 0, next_at: 0, last_error: null, receipt: null,
      photos: photos.map(({ slot, sha256, bytes, type }) => ({ slot, sha256, bytes, type, tries: 0, sent: false })),
    };
    await within(async (db) => {
      const tx = db.transaction(["outbox", "photo", "meta"], "readwrite", STRICT);
      const writes = [tx.objectStore("meta").put({ key: "device_seq", value: seq }),
                      tx.objectStore("outbox").put(item)];
      for (const photo of photos) {
        writes.push(tx.objectStore("photo").put({ key: `${made.id}/${photo.slot}`, blob: photo.blob }));
      }
      await Promise.all([...writes, tx.done]);
    });
    return item;
  });
}

/** Returns the highest number this tablet ever gave. */
export async function number() {
  return (await meta("device_seq")) ?? 0;
}

/** Lets the numbers go on from what the server knows, after this tablet was emptied. */
export function raiseNumber(next) {
  return navigator.locks.request("outbox-number", async () => {
    if (next - 1 > (await number())) await setMeta("device_seq", next - 1);
  });
}

export const items = () => within((db) => db.getAll("outbox"));
export const item = (id) => within((db) => db.get("outbox", id));
export const put = (changed) => within((db) => db.put("outbox", changed));
export const meta = (key) => within(async (db) => (await db.get("meta", key))?.value);
export const photo = (id, slot) => within(async (db) => (await db.get("photo", `${id}/${slot}`))?.blob);

export function setMeta(key, value) {
  return within(async (db) => {
    const tx = db.transaction("meta", "readwrite", STRICT);
    await Promise.all([tx.store.put({ key, value }), tx.done]);
  });
}

/** Moves a record whose receipt was checked, and whose photos are all there, to what was sent. */
export function deliver(done) {
  return within(async (db) => {
    const tx = db.transaction(["outbox", "photo", "sent"], "readwrite", STRICT);
    const writes = [tx.objectStore("outbox").delete(done.id),
                    tx.objectStore("sent").put({ id: done.id, body: done.body, sha256: done.sha256, seq: done.seq,
                                                 receipt: done.receipt, at: Date.now() })];
    for (const { slot } of done.photos) writes.push(tx.objectStore("photo").delete(`${done.id}/${slot}`));
    await Promise.all([...writes, tx.done]);
  });
}

/** Lets go of a record that a quality engineer gave up on the server; the server holds the reason. */
export function letGo(id) {
  return within(async (db) => {
    const gone = await db.get("outbox", id);
    const tx = db.transaction(["outbox", "photo"], "readwrite", STRICT);
    const writes = [tx.objectStore("outbox").delete(id)];
    for (const { slot } of gone?.photos ?? []) writes.push(tx.objectStore("photo").delete(`${id}/${slot}`));
    await Promise.all([...writes, tx.done]);
  });
}

/** Does some work while nobody else sends, in whatever tab; `options` are those of a lock. */
export const alone = (work, options = {}) => navigator.locks.request("outbox", options, work);

/**
 * Puts what was sent of late back into the outbox: the server was restored from a backup and may lack it. So it may of
 * a record that waits for nothing but its photos. `head`, the end of its trail, is noted along with it, so that it asks
 * once.
 */
export function reoffer(head) {
  return alone(() => within(async (db) => {
    const tx = db.transaction(["outbox", "sent", "meta"], "readwrite", STRICT);
    const since = Date.now() - KEPT_MS;
    const writes = [tx.objectStore("meta").put({ key: "head", value: head })];
    for (const half of await tx.objectStore("outbox").getAll()) {
      if (!half.receipt) continue;
      const photos = half.photos.map((photo) => ({ ...photo, tries: 0, sent: false }));
      writes.push(tx.objectStore("outbox").put({ ...half, tries: 0, next_at: 0, receipt: null, photos }));
    }
    for (const old of await tx.objectStore("sent").getAll()) {
      if (old.at < since) continue;
      writes.push(tx.objectStore("outbox").put({ ...old, saved_at: old.at, state: "waiting", tries: 0, next_at: 0,
                                                  last_error: null, receipt: null, photos: [] }));
    }
    await Promise.all([...writes, tx.done]);
  }));
}

/** Forgets what was sent more than 30 days ago. */
export function tidy() {
  return within(async (db) => {
    const tx = db.transaction("sent", "readwrite");
    const old = (await tx.store.getAll()).filter((one) => one.at < Date.now() - KEPT_MS);
    await Promise.all([...old.map((one) => tx.store.delete(one.id)), tx.done]);
  });
}

/** Counts what waits: how many, how many the server refused, since when, and their numbers. */
export const standing = async () => counted(await items());

/**
 * Returns how this tablet stands: `standing`, and under their names the highest number it ever gave (0: none), the end
 * of the trail and the checkpoint it saw last (null: none), and what it was told to let go of. All at one moment:
 * whoever saves, sends or is asked again in between would make a record seem lost.
 */
export function state() {
  return within(async (db) => {
    const tx = db.transaction(["outbox", "meta"]);
    const [all, kept] = await Promise.all([tx.objectStore("outbox").getAll(), tx.objectStore("meta").getAll()]);
    const { device_seq = 0, head = null, let_go = [], checkpoint = null } = Object.fromEntries(
      kept.map(({ key, value }) => [key, value]));
    return { standing: counted(all), device_seq, head, let_go, checkpoint };
  });
}

function counted(all) {
  return {
    waiting: all.length,
    attention: all.filter((one) => one.state === "attention").length,
    oldest: all.length ? Math.min(...all.map((one) => one.saved_at)) : null,
    seqs: all.filter((one) => !one.receipt).map((one) => one.seq).sort((a, b) => a - b),
    refused: all.filter((one) => one.state === "attention")
      .map(({ id, status, last_error }) => ({ id, status: status ?? 0, error: String(last_error ?? "").slice(0, 300) })),
  };
}
