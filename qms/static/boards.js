// Keeps a board on a big screen true: fetches what changed, counts on between, says loudly when it cannot hear.

const place = document.querySelector("[data-board]");
const lost = document.getElementById("lost");
const clock = document.querySelector("[data-clock]");
const sound = document.querySelector("[data-sound]");
const SILENT_MS = 10000;

let tag = null;
let ahead = Date.parse(clock.dataset.now) - Date.now();
let heardAt = performance.now();
let signals = read();

/** The instant by the server's clock. */
const now = () => Date.now() + ahead;

/** Which stop signals what. */
function read() {
  return new Map([...place.querySelectorAll("[data-stop]")].map((tile) => [tile.dataset.stop, tile.dataset.signal]));
}

async function poll() {
  try {
    const answer = await fetch(place.dataset.board, {
      cache: "no-store", redirect: "error", headers: tag ? { "If-None-Match": tag } : {}, signal: AbortSignal.timeout(8000),
    });
    if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
    heardAt = performance.now();
    if (answer.headers.has("X-Now")) ahead = Date.parse(answer.headers.get("X-Now")) - Date.now();
    if (answer.status === 304) return;
    tag = answer.headers.get("ETag");
    place.innerHTML = await answer.text();
    const before = signals;
    signals = read();
    sing(before);
    tick();
  } catch {
    // The line below says so when it lasts.
  } finally {
    setTimeout(poll, Number(place.dataset.every) * 1000);
  }
}

const two = (n) => String(n).padStart(2, "0");

function stretch(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function tick() {
  for (const tile of place.querySelectorAll("[data-since]")) {
    tile.textContent = stretch(now() - Date.parse(tile.dataset.since));
  }
  for (const cell of place.querySelectorAll("[data-minutes-since]")) {
    cell.textContent = String(Math.floor(Math.max(0, now() - Date.parse(cell.dataset.minutesSince)) / 60000));
  }
  const at = new Date(now());
  clock.textContent = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone }).format(at);
  clock.dateTime = at.toISOString();
  const silent = performance.now() - heardAt;
  lost.hidden = silent < SILENT_MS;
  if (!lost.hidden) lost.querySelector("[data-lost-since]").textContent = stretch(silent);
}

// Sound is off until somebody at the screen wants it: browsers allow it only after a touch, and halls are loud enough.
let speaker = null;
const TUNES = { call: [880, 660], stop: [440, 440, 440], checks: [660, 880], running: [523, 659, 784] };

function play(tune) {
  if (!speaker) return;
  TUNES[tune].forEach((pitch, n) => {
    const tone = speaker.createOscillator();
    const loud = speaker.createGain();
    const start = speaker.currentTime + n * 0.28;
    tone.frequency.value = pitch;
    loud.gain.setValueAtTime(0.35, start);
    loud.gain.exponentialRampToValueAtTime(0.001, start + 0.25);
    tone.connect(loud).connect(speaker.destination);
    tone.start(start);
    tone.stop(start + 0.26);
  });
}

/** Plays the gravest change: a new stop before a new call before a restart. */
function sing(before) {
  const changed = [...signals].filter(([stop, signal]) => before.get(stop) !== signal).map(([, signal]) => signal);
  const over = [...before.keys()].some((stop) => !signals.has(stop));
  const tune = ["stop", "call", "checks"].find((signal) => changed.includes(signal)) ?? (over ? "running" : null);
  if (tune) play(tune);
}

sound?.addEventListener("click", () => {
  if (speaker) { speaker.close(); speaker = null; } else { speaker = new AudioContext(); play("checks"); }
  sound.setAttribute("aria-pressed", String(speaker !== null));
  sound.querySelector("span").textContent = speaker ? sound.dataset.on : sound.dataset.off;
  sound.querySelector("use").setAttribute("href", sound.querySelector("use").getAttribute("href")
    .replace(/#.*/, speaker ? "#bell-ringing" : "#bell-off"));
});

// A screen on the wall does not go to sleep.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", () => { if (!document.hidden) stayAwake(); });
stayAwake();

tick();
setInterval(tick, 1000);
setTimeout(poll, 200);
