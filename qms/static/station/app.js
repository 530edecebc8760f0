// Knows how the station begins and which screen is shown; must not know what a screen does.

import * as heartbeat from "./heartbeat.js";
import { touched } from "./net.js";
import * as outbox from "./outbox.js";
import { listen } from "./scan.js";
import * as sender from "./sender.js";
import { beat, count, load, onState, refreshReference, set, signOut, state } from "./state.js";
import { bar, banners } from "./screens/bar.js";
import { codesScreen } from "./screens/codes.js";
import { enrolScreen } from "./screens/enrol.js";
import { lockScreen } from "./screens/lock.js";
import { homeScreen } from "./screens/home.js";
import { cardScreen } from "./screens/card.js";
import { presentScreen } from "./screens/present.js";
import { rejectScreen } from "./screens/reject.js";
import { signalScreen } from "./screens/signal.js";
import { stopsScreen } from "./screens/stops.js";
import { piecesScreen } from "./screens/pieces.js";
import { reportsScreen } from "./screens/reports.js";
import { waitingScreen } from "./screens/waiting.js";
import { empty, fill, h, toast } from "./ui.js";
import { onLanguage, t } from "./words.js";

const SCREENS = {
  home: homeScreen, card: cardScreen, present: presentScreen, reject: rejectScreen, signal: signalScreen,
  stops: stopsScreen, pieces: piecesScreen, reports: reportsScreen, waiting: waitingScreen, codes: codesScreen,
  lock: lockScreen, enrol: enrolScreen, starting: startingScreen,
};
const LAST_RESORT = new Set(["waiting", "codes"]);
const NEEDS_PERSON = new Set(["home", "card", "present", "reject", "pieces", "reports"]);
const root = document.getElementById("station");
let current = { name: "home", params: {} };
let shown = null;
let touchedAt = Date.now();
let worker = null;

/** Goes to a screen. A screen is made by a function that gets `go` and its parameters and returns {view, scan, end}. */
export function go(name, params = {}) {
  current = { name, params };
  draw();
}

/** Says that nothing is known yet: before the first answer of the server there is nothing to show. */
function startingScreen() {
  return { view: h("section", {}, h("h1", {}, t("Station")), empty(state.online ? "hourglass" : "wifi-off",
    state.online ? t("Reading …") : t("The server does not answer."))) };
}

function wanted() {
  if (LAST_RESORT.has(current.name)) return current;
  if (state.paused === "device") return { name: "enrol", params: { revoked: Boolean(state.device) } };
  if (!state.device) return state.loaded || location.hash ? { name: "enrol", params: {} } : { name: "starting", params: {} };
  if (!state.reference) return { name: "starting", params: {} };
  return NEEDS_PERSON.has(current.name) && !state.person ? { name: "lock", params: { then: current } } : current;
}

function draw() {
  const { name, params } = wanted();
  shown?.end?.();
  shown = SCREENS[name]({ go, params, draw });
  shown.name = name;
  root.className = `screen-${name}`;
  fill(root, bar(go), h("div", { id: "banners" }, banners(go)), h("div.page", {}, shown.view));
  scrollTo(0, 0);
}

/** Redraws what stands above every screen, and the screen itself only where another one is due. */
function refresh() {
  if (shown && wanted().name !== shown.name) {
    draw();
    return;
  }
  root.querySelector(".bar")?.replaceWith(bar(go));
  root.querySelector("#banners")?.replaceChildren(...banners(go).filter(Boolean));
  shown?.refresh?.();
}

function keepAwake() {
  for (const event of ["pointerdown", "keydown"]) {
    addEventListener(event, () => { touchedAt = Date.now(); touched(); }, { capture: true, passive: true });
  }
  setInterval(() => {
    const idle = (state.person?.idle ?? 10) * 60000;
    if (state.person && Date.now() - touchedAt > idle && !shown?.isBusy?.()) signOut();
    updateWhenFree();
  }, 5000);
}

/** A new version takes over only when nothing is half-typed and nothing waits. */
function updateWhenFree() {
  if (worker?.waiting && current.name === "home" && !state.standing.waiting && !document.querySelector("dialog[open]")) {
    worker.waiting.postMessage("take-over");
  }
}

async function install() {
  if (!("serviceWorker" in navigator)) return;
  const isFirst = !navigator.serviceWorker.controller;
  let isReloading = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isFirst || isReloading) return;
    isReloading = true;
    location.reload();
  });
  worker = await navigator.serviceWorker.register("/station/sw.js", { scope: "/station", updateViaCache: "none" });
  setInterval(() => worker.update().catch(() => {}), 3600000);
}

async function begin() {
  if (!globalThis.isSecureContext || !navigator.locks || !crypto.subtle) {
    fill(root, h("h1", {}, t("This tablet cannot keep records here")),
                         h("p", {}, t("The station needs a secure address (https). Call your supervisor.")));
    return;
  }
  install().catch(() => {});
  listen((code) => (shown?.scan ? shown.scan(code) : toast("plain", code)));
  onState(refresh);
  onLanguage(draw);
  addEventListener("offline", beat);
  addEventListener("online", () => beat().then(refreshReference).catch(() => {}));
  try {
    await outbox.items();
  } catch (error) {
    toast("bad", t("This tablet cannot keep records: call your supervisor, use paper."), String(error?.message));
  }
  draw();
  await load().catch(() => {});
  set({ loaded: true });
  sender.onChange(({ paused, delivered }) => {
    if (paused) state.paused = paused;
    count();
    if (delivered.length) scheduleBeat();
  });
  sender.start();
  beat();
  outbox.tidy().catch(() => {});
  heartbeat.keepBeating(() => beat().then(refreshReference).catch(() => {}));
  keepAwake();
}

let beatTimer = null;

function scheduleBeat() {
  clearTimeout(beatTimer);
  beatTimer = setTimeout(beat, 1500);
}

begin();
