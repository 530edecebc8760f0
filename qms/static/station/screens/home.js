// The world of one operation on one screen: what comes to me, what I hand over, and the four big buttons.

import { itemName } from "../naming.js";
import { isBadge } from "../record.js";
import { ask, signOut, state } from "../state.js";
import { ago, button, clock, empty, fill, h, icon, toast } from "../ui.js";
import { openCamera } from "../scan.js";
import { name, t } from "../words.js";

const EVERY_MS = 2000;
const memory = { unit: null, now: null, etag: null };

export function homeScreen({ go }) {
  if (memory.unit !== state.unit?.id) Object.assign(memory, { unit: state.unit?.id, now: null, etag: null });
  const coming = h("div.list", {});
  const going = h("div.list", {});
  const due = h("div.notices", {});
  const paint = () => {
    fill(coming, ...incomingRows(go));
    fill(going, ...outgoingRows(go));
    fill(due, ...notices(go));
  };
  const poll = async () => {
    if (document.hidden || !state.unit) return;
    if ((await read()) && view.isConnected) paint();
  };
  const timer = setInterval(poll, EVERY_MS);
  const view = h("section.home", {},
    h("h1.hidden", {}, t("Station")),
    due,
    h("div.side", {},
      h("h2", {}, icon("transfer-in"), t("Coming to me"), scanButton()), coming),
    h("div.side", {},
      h("h2", {}, icon("transfer"), t("I hand over"),
        button("plain", "plus", t("Hand over"), () => go("present"))), going),
    h("div.actions", {},
      button("reject", "ban", t("REJECT"), () => go("reject")),
      button("call", "bell-ringing", t("CALL"), () => go("signal", { red: false })),
      button("stop", "hand-stop", t("STOP"), () => go("signal", { red: true })),
      button("plain", "history", t("My reports"), () => go("reports"))));
  paint();
  poll();
  return { view, end: () => clearInterval(timer), scan: (code) => scanned(code, go) };
}

const scanButton = () => button("plain", "barcode", t("Scan"), () => openCamera());

/** Reads what is new; returns whether there is something to draw. */
async function read() {
  try {
    const { status, json, etag } = await ask("GET", `station/now?unit=${state.unit.id}`, { etag: memory.etag, timeout: 8000 });
    if (status === 304) return false;
    Object.assign(memory, { now: json, etag });
    return true;
  } catch (error) {
    return error.status === 0 && memory.now === null;
  }
}

function notices(go) {
  const found = [];
  for (const stop of memory.now?.stops ?? []) {
    const isOurs = stop.unit.id === state.unit.id;
    found.push(h(`button.notice.${stop.state === "called" ? "call" : "stop"}`, { type: "button", onclick: () => go("stops") },
      icon(stop.state === "called" ? "bell-ringing" : "hand-stop"),
      h("span", {}, `${name(stop.state_words)} · ${stop.unit.code} ${isOurs ? "" : name(stop.unit)} · ${name(stop.reason_words)}`),
      h("small", {}, ago(stop.called_at))));
  }
  const checks = memory.now?.checks ?? [];
  if (checks.length) {
    const late = checks.filter((check) => new Date(check.due_at) < new Date()).length;
    found.push(h(`button.notice.${late ? "call" : "due"}`, { type: "button", onclick: () => go("pieces") },
      icon("ruler-measure"), h("span", {}, t("{n} inspections due", { n: checks.length })),
      late ? h("small", {}, t("{n} overdue", { n: late })) : null));
  } else {
    found.push(h("button.notice.quiet", { type: "button", onclick: () => go("pieces") },
      icon("ruler-measure"), h("span", {}, t("First piece and patrol"))));
  }
  return found;
}

function incomingRows(go) {
  const rows = memory.now?.incoming.handovers;
  if (!rows) return [state.online ? empty("hourglass", t("Reading …")) : empty("wifi-off",
    t("No network: what comes in is shown again when it is back. You can record a rejection now."))];
  if (!rows.length) return [empty("inbox", t("Nothing waits for you."))];
  return rows.map((row) => h(`button.row${row.held ? ".held" : ""}`, { type: "button", onclick: () => go("card", { id: row.id }) },
    h("strong", {}, row.lot.number),
    h("span.what", {}, `${row.item.code} ${name(row.item)}`),
    h("span.from", {}, `${row.supplier.code} ${name(row.supplier)}`),
    h("span.count", {}, String(row.quantity)),
    h("span.tags", {},
      row.held ? tag("rejected", "lock", t("Held")) : null,
      row.refused ? tag("rejected", "ban", t("{n} reported", { n: row.refused })) : null,
      row.presentation > 1 ? tag("rework", "rotate-2", t("Presentation {n}", { n: row.presentation })) : null,
      row.rework ? tag("rework", "tool", t("Rework")) : null,
      row.self_check === "none" ? tag("held", "alert-triangle", t("No self-check")) : null),
    h("small", {}, clock(row.presented_at, state.reference.site.time_zone))));
}

export const tag = (tone, iconName, word) => h(`span.tag.${tone}`, {}, icon(iconName), word);

const OUTCOMES = {
  presented: ["pending", "hourglass", "Waits"], accepted: ["accepted", "circle-check", "Accepted"],
  partly_accepted: ["held", "circle-dot", "Partly accepted"], rejected: ["rejected", "ban", "Refused"],
  not_inspected: ["void", "circle-dashed", "Not inspected"],
};

function outgoingRows(go) {
  const rows = memory.now?.outgoing.handovers;
  if (!rows) return [empty("hourglass", t("Reading …"))];
  if (!rows.length) return [empty("transfer", t("You have handed nothing over yet."))];
  return rows.map((row) => {
    const [tone, iconName, word] = OUTCOMES[row.state];
    const again = ["rejected", "partly_accepted"].includes(row.state);
    return h("div.row", {},
      h("strong", {}, row.lot.number), h("span.what", {}, itemName(row.item_id)),
      h("span.from", {}, `→ ${row.customer.code} ${name(row.customer)}`), h("span.count", {}, String(row.quantity)),
      h("span.tags", {}, tag(tone, iconName, t(word)),
        row.rejected ? tag("rejected", "ban", t("{n} came back", { n: row.rejected })) : null),
      again ? button("plain", "rotate-2", t("Present again"), () => go("present", { again: row })) : h("small", {},
        clock(row.presented_at, state.reference.site.time_zone)));
  });
}

async function scanned(code, go) {
  if (isBadge(code)) {
    await signOut();
    go("lock", { badge: code });
    return;
  }
  const lot = state.reference?.lots.find((one) => one.number === code);
  const waiting = memory.now?.incoming.handovers?.find((row) => row.lot.number === code || row.number === code);
  if (waiting) { go("card", { id: waiting.id }); return; }
  try {
    const { json } = await ask("GET", `station/lots?number=${encodeURIComponent(code)}`);
    if (json.handover_id) go("card", { id: json.handover_id });
    else {
      toast("plain", t("Lot {n} does not wait here.", { n: code }), t("You can hand it over or report a rejection."));
      go("reject", { lot: json });
    }
  } catch (error) {
    if (error.status === 404) {
      toast("bad", t("Lot {n} is not known.", { n: code }), t("A rejection of it is held as suspect (R-02)."));
    }
    go("reject", lot ? { lot } : { lotNumber: code });
  }
}
