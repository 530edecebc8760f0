// Knows how this tablet talks to its server; must not know what about. Authority is never stored: cookies carry it.

const TIMEOUT_MS = 15000;
const TOUCH_MS = 15000;
export const NO_ANSWER = "no answer";
let touchedAt = -Infinity;
const state = { skew: null, rtt: Infinity, at: 0 };

/** Notes that a person touched the tablet: what is asked soon after keeps their sign-in, what it asks by itself not. */
export const touched = () => { touchedAt = performance.now(); };

/** An answer that says no, or none at all (`status` 0). `problem` is the server's RFC 9457 body, if it was one. */
export class Unanswered extends Error {
  constructor(status, problem, retryAfter = null) {
    super(problem?.title ?? (status ? `HTTP ${status}` : NO_ANSWER));
    Object.assign(this, { status, problem, retryAfter, code: problem?.code ?? null });
  }
}

/** Asks the server for a path below /api/v1. Returns {status, json, etag}; throws Unanswered. */
export async function call(method, path, { json, body, headers = {}, timeout = TIMEOUT_MS, etag } = {}) {
  const given = { "X-Requested-By": "station", Accept: "application/json", ...headers };
  if (json !== undefined) given["Content-Type"] = "application/json";
  if (performance.now() - touchedAt < TOUCH_MS) given["X-Touched"] = "1";
  if (etag) given["If-None-Match"] = etag;
  const began = performance.now();
  let answer;
  let text;
  try {
    answer = await fetch(`/api/v1/${path}`, {
      method, headers: given, body: json === undefined ? body : JSON.stringify(json), cache: "no-store",
      redirect: "error", credentials: "same-origin", signal: AbortSignal.timeout(timeout),
    });
    text = await answer.text();
  } catch {
    throw new Unanswered(0, { title: NO_ANSWER });
  }
  const isJson = /^application\/(problem\+)?json\b/.test(answer.headers.get("Content-Type") ?? "");
  let read = null;
  if (isJson && text) {
    try { read = JSON.parse(text); } catch { throw new Unanswered(0, { title: "unreadable answer" }); }
  }
  measure(answer.headers.get("Date"), performance.now() - began);
  if (answer.status === 304) return { status: 304, json: null, etag };
  if (!answer.ok) throw new Unanswered(answer.status, read, retryAfter(answer.headers.get("Retry-After")));
  if (!isJson) throw new Unanswered(0, { title: "answer is not ours" });
  return { status: answer.status, json: read, etag: answer.headers.get("ETag") };
}

function retryAfter(value) {
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

/** Measures how far this tablet's clock is from the server's, by the header that every answer carries. */
function measure(date, rtt) {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return;
  trust(Date.now() - (theirs + 500 + rtt / 2), rtt);
}

/** Takes a finer measurement: the time that the server itself told. */
export function measureExactly(serverTime, rtt) {
  const theirs = Date.parse(serverTime);
  if (!Number.isNaN(theirs)) trust(Date.now() - (theirs + rtt / 2), Math.min(rtt, state.rtt) - 1);
}

function trust(skew, rtt) {
  const isOld = Date.now() - state.at > 600000;
  if (isOld || rtt <= state.rtt || Math.abs(skew - (state.skew ?? skew)) > 2000) {
    Object.assign(state, { skew: Math.round(skew), rtt, at: Date.now() });
  }
}

/** Returns this tablet's clock minus the server's in ms, as measured within a day; null when it never was. */
export const skewMs = () => (state.skew !== null && Date.now() - state.at < 86400000 ? state.skew : null);
