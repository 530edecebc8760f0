// Knows what the station is and shows now; must not know how anything is drawn.

import { call, skewMs, Unanswered } from "./net.js";
import * as heartbeat from "./heartbeat.js";
import * as outbox from "./outbox.js";
import { plainCode, sha256 } from "./record.js";
import { speak } from "./words.js";

export const APP_VERSION = document.querySelector("meta[name=app-version]").content;
const REFERENCE = "ref-data";
const PERSON = "station-person";
const UNIT = "station-unit";

export const state = {
  device: null, loaded: false, reference: null, unit: null, person: null, online: navigator.onLine, answered: false,
  hearing: { ok: false, words_en: "", words_zh: "" }, standing: { waiting: 0, attention: 0, oldest: null },
  paused: null, minVersion: 1, update: false, trouble: null,
};
const listeners = new Set();
export const onState = (listener) => listeners.add(listener);

/** Changes the state and tells whoever shows it. */
export function set(changes) {
  Object.assign(state, changes);
  listeners.forEach((listener) => listener(state));
}

/** Asks the server; notes whether it answers at all. Throws Unanswered. */
export async function ask(method, path, options) {
  try {
    const answer = await call(method, path, options);
    if (!state.online && navigator.onLine) set({ online: true });
    return answer;
  } catch (error) {
    if (error instanceof Unanswered) {
      if (error.status === 0) set({ online: false });
      if (error.status === 401 && error.code === "device") set({ paused: "device" });
      if (error.status === 401 && error.code === "person" && state.person?.auth === "online-pin") forgetPerson();
    }
    throw error;
  }
}

/** Reads who this tablet is and what it serves, from the server or else from what was kept. */
export async function load() {
  set({ device: (await outbox.meta("device")) ?? null });
  await useReference(await kept());
  restorePerson();
  try {
    const { json } = await ask("GET", "devices/me");
    await outbox.setMeta("device", json.device);
    await outbox.raiseNumber(json.next_seq);
    set({ device: json.device, paused: null, answered: true });
    await refreshReference();
    await whoIsHere();
  } catch (error) {
    if (error.code === "device") set({ device: null });
  }
  await count();
}

/** Takes a new enrolment over. */
export async function enrol(code) {
  const { json } = await ask("POST", "devices/enrol", { json: {
    code, app_version: APP_VERSION, installed: heartbeat.installed(), persisted: await heartbeat.persisted() } });
  await outbox.setMeta("device", json.device);
  await outbox.raiseNumber(json.next_seq);
  set({ device: json.device, paused: null, answered: true, unit: null });
  await refreshReference();
}

/** Reads the reference data again if it changed, and keeps it for when the network is away. */
export async function refreshReference() {
  const before = await kept();
  const { status, json, etag } = await ask("GET", "station/reference", { etag: before?.etag });
  if (status === 304) return;
  await keep({ etag, data: json });
  await useReference({ etag, data: json });
}

async function useReference(found) {
  if (!found?.data) return;
  const units = found.data.units;
  const chosen = Number(localStorage.getItem(UNIT));
  set({ reference: found.data, unit: units.find((unit) => unit.id === chosen) ?? units[0] ?? null });
}

async function kept() {
  const answer = await (await caches.open(REFERENCE)).match("/station/reference");
  return answer ? answer.json() : null;
}

async function keep(found) {
  try {
    await (await caches.open(REFERENCE)).put("/station/reference", new Response(JSON.stringify(found)));
  } catch { /* Without room for it the tablet only loses what it may show offline. */ }
}

/** Makes room for records: what can be read again goes first. */
export async function dropReference() {
  for (const name of await caches.keys()) if (name.startsWith("ref-")) await caches.delete(name);
}

/** Chooses the operation that this tablet works for now. */
export function chooseUnit(unit) {
  localStorage.setItem(UNIT, String(unit.id));
  set({ unit });
}

/** Signs a person in by badge and PIN. Throws Unanswered. */
export async function signIn(badge, pin) {
  const { json } = await ask("POST", "station/sign-in", { json: { badge, pin } });
  usePerson({ auth: "online-pin", id: json.person.id, name: json.person.name, language: json.person.language,
              sign_in: json.sign_in, idle: json.idle_minutes, toConfirm: json.to_confirm });
}

/** Lets a person work offline by their badge alone; they confirm what they made at their next sign-in. */
export async function badgeOnly(badge) {
  usePerson({ auth: "offline-badge", badge_sha256: await sha256(plainCode(badge)), name: `…${badge.slice(-3)}`, idle: 10 });
}

async function whoIsHere() {
  const { json } = await ask("GET", "station/me");
  if (json.person && state.person?.auth === "online-pin" && state.person.id === json.person.id) return;
  if (json.person) usePerson({ ...(state.person ?? {}), auth: "online-pin", id: json.person.id, name: json.person.name,
                               language: json.person.language, sign_in: json.sign_in, idle: json.idle_minutes });
  else if (state.person?.auth === "online-pin") forgetPerson();
}

function usePerson(person) {
  sessionStorage.setItem(PERSON, JSON.stringify(person));
  if (person.language) speak(person.language);
  set({ person, paused: state.paused === "person" ? null : state.paused });
}

function restorePerson() {
  try {
    const person = JSON.parse(sessionStorage.getItem(PERSON));
    if (person) usePerson(person);
  } catch { sessionStorage.removeItem(PERSON); }
}

/** Ends a person's turn on this tablet: their name goes, what they recorded stays until it is sent. */
export async function signOut() {
  const wasOnline = state.person?.auth === "online-pin";
  forgetPerson();
  if (wasOnline) await ask("POST", "station/sign-out", { json: {} }).catch(() => {});
}

function forgetPerson() {
  sessionStorage.removeItem(PERSON);
  set({ person: null });
}

/** Returns who a record says made it. */
export function actor() {
  const { person } = state;
  return person.auth === "online-pin" ? { auth: "online-pin", person_id: person.id, sign_in: person.sign_in }
    : { auth: "offline-badge", badge_sha256: person.badge_sha256 };
}

/** Counts what waits and shows it. */
export async function count() {
  try {
    set({ standing: await outbox.standing(), trouble: null });
  } catch (error) {
    set({ trouble: String(error?.message ?? error) });
  }
}

/** Tells the server how this tablet stands. */
export async function beat() {
  try {
    const said = await heartbeat.beat(APP_VERSION);
    set({ online: true, answered: true, hearing: said.hearing, minVersion: said.min_version, skew: skewMs(),
          paused: state.paused === "device" ? null : state.paused });
  } catch (error) {
    set({ online: error.status !== 0 && state.online, answered: error.status !== 0,
          hearing: { ok: false, words_en: "", words_zh: "" },
          ...(error.code === "device" ? { paused: "device" } : {}) });
    if (error.status === 0) set({ online: false });
  }
  await count();
}
