// Knows how what was tapped becomes a saved record, or honestly does not; must not know how it is drawn.

import { skewMs } from "./net.js";
import * as outbox from "./outbox.js";
import { build, uuid7 } from "./record.js";
import { flush } from "./sender.js";
import { actor, APP_VERSION, count, dropReference, state } from "./state.js";

/**
 * Saves what was tapped. `fields` as in body v1; photos as camera.js makes them. Resolves with the saved item, which
 * is on the disk then; rejects when nothing was kept, and the form has to stay as it is.
 */
export async function capture(fields, photos) {
  const id = uuid7();
  const slots = photos.map((photo, n) => ({ ...photo, slot: n + 1 }));
  const make = (seq) => build({ seq, id, deviceId: state.device.id, actor: actor(), skewMs: skewMs(),
                                appVersion: APP_VERSION, fields, photos: slots });
  let saved;
  try {
    saved = await outbox.save(make, slots);
  } catch (error) {
    if (error?.name !== "QuotaExceededError") throw error;
    await dropReference();
    saved = await outbox.save(make, slots);
  }
  count();
  flush();
  return saved;
}
