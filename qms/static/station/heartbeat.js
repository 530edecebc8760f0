// Knows what this tablet tells the server of itself and takes back; must not know what records say.

import { call, measureExactly, skewMs } from "./net.js";
import * as outbox from "./outbox.js";

const EVERY_MS = 5 * 60 * 1000;
let beating = null;

/** Tells the server how this tablet stands; returns its answer. Throws Unanswered. */
export function beat(appVersion) {
  beating ??= once(appVersion).finally(() => { beating = null; });
  return beating;
}

async function once(appVersion) {
  const { standing, device_seq: last, head, let_go, checkpoint } = await outbox.state();
  const began = performance.now();
  const { json } = await call("POST", "devices/heartbeat", { json: {
    last_seq: last, waiting: standing.waiting, attention: standing.attention, waiting_seqs: standing.seqs.slice(0, 500),
    refused: standing.refused.slice(0, 50),
    oldest_at: standing.oldest ? new Date(standing.oldest).toISOString() : null,
    persisted: await persisted(), installed: installed(), quota_percent: await quotaPercent(), skew_ms: skewMs(),
    app_version: appVersion, head, let_go, checkpoint,
  } });
  measureExactly(json.server_time, performance.now() - began);
  await outbox.raiseNumber(json.next_seq);
  if (json.reoffer) await outbox.reoffer(json.head);
  else if (json.head) await outbox.setMeta("head", json.head);
  if (json.checkpoint) await outbox.setMeta("checkpoint", json.checkpoint);
  for (const id of json.discard ?? []) await outbox.letGo(id);
  await outbox.setMeta("let_go", json.discard ?? []);
  return json;
}

/** Goes on beating every five minutes. */
export function keepBeating(then) {
  setInterval(then, EVERY_MS);
}

export const installed = () => matchMedia("(display-mode: standalone)").matches
  || matchMedia("(display-mode: fullscreen)").matches || navigator.standalone === true;

export async function persisted() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}

/** Returns how full the storage is in per cent; null when the browser does not say. */
export async function quotaPercent() {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  return quota ? Math.min(100, Math.round((100 * usage) / quota)) : null;
}
