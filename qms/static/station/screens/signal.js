// Calls for help (yellow) or stops the line (red): one tap on the reason. Offline it says loudly that nobody was told.

import { uuid7 } from "../record.js";
import { defectName, itemName } from "../naming.js";
import { ask, state } from "../state.js";
import { button, fill, h, icon, keypad, toast } from "../ui.js";
import { pick, t } from "../words.js";

const ICONS = { quality: "ban", man: "user", machine: "settings", material: "box", method: "list-check",
                environment: "world", measurement: "ruler-measure", safety: "alert-triangle" };

export function signalScreen({ go, params }) {
  const { red, handover = null } = params;
  const form = { id: uuid7(), upstream: Boolean(handover), quantity: "1", defect: null, lot: handover?.lot ?? null,
                 link: state.unit?.links.suppliers.find((one) => one.id === handover?.supplier.id)?.link_id
                   ?? state.unit?.links.suppliers[0]?.link_id ?? null, isSending: false };
  const view = h("section.signal", {});
  const paint = () => fill(view, 
    h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("home")),
      h("h1", {}, icon(red ? "hand-stop" : "bell-ringing"), red ? t("STOP the line") : t("CALL for help"))),
    red ? null : h("p.lead", {}, t("The line runs on for {n} s. If nobody comes, it becomes a stop.",
      { n: state.reference?.call_window_s ?? 60 })),
    h("label.switch", {}, h("input", { type: "checkbox", checked: form.upstream, onchange: (event) => {
      form.upstream = event.target.checked;
      paint();
    } }), h("span", {}, t("Came from upstream"))),
    form.upstream ? upstream() : null,
    h("h2", {}, t("Why? One tap sends it.")),
    h("div.reasons", {}, (state.reference?.stop_reasons ?? []).map((reason) => button(red ? "stop" : "call",
      ICONS[reason.code], pick(reason), () => send(reason.code)))));
  const upstream = () => h("div.columns", {},
    h("div.form", {}, h("h2", {}, t("From")), h("div.choice", { role: "group", "aria-label": t("From") },
      (state.unit?.links.suppliers ?? []).map((one) => button(one.link_id === form.link ? "primary" : "plain",
        "building-factory-2", `${one.code}`, () => { form.link = one.link_id; paint(); }))),
      h("h2", {}, t("Defect")), h("div.choice", { role: "group", "aria-label": t("Defect") },
        state.reference.defects.slice(0, 8).map((one) => h("button.btn.plain", { type: "button",
          "aria-pressed": String(one.id === form.defect), onclick: () => { form.defect = one.id; paint(); } },
          defectName(one.id)))),
      h("p.fact", {}, icon("stack"), form.lot ? form.lot.number : t("Scan the lot"))),
    h("div.form", {}, h("h2", {}, t("Pieces")), h("p.big-count", { role: "status" }, form.quantity),
      keypad({ value: form.quantity, change: (text) => {
        form.quantity = text;
        view.querySelector(".big-count").textContent = text || "–";
      } })));
  const send = async (reason) => {
    if (form.isSending) return;
    form.isSending = true;
    const body = { client_id: form.id, unit_id: state.unit.id, red, reason, from_upstream: form.upstream,
                   lot_id: form.lot?.id ?? null };
    if (form.upstream) {
      body.rejection = { quantity: Math.max(1, Number(form.quantity) || 1), defect_id: form.defect, link_id: form.link,
                         lot_id: form.lot?.id ?? null, handover_id: handover?.id ?? null };
    }
    try {
      await ask("POST", "stops", { json: body, timeout: 5000 });
      toast("good", red ? t("The line is stopped. Your leader is told.") : t("Your leader is called."));
      go("stops");
    } catch (error) {
      if (error.status >= 400 && error.status < 500) toast("bad", error.message, error.problem?.rule ?? "");
      else nobodyWasTold(() => send(reason));
    } finally {
      form.isSending = false;
    }
  };
  const scan = async (code) => {
    try {
      form.lot = (await ask("GET", `station/lots?number=${encodeURIComponent(code)}`)).json;
      form.upstream = true;
      paint();
    } catch (error) { toast("bad", error.message); }
  };
  paint();
  return { view, scan };
}

/** Fills the screen: an alarm that reached nobody must not look like one that did. */
function nobodyWasTold(retry) {
  document.querySelector("dialog.nobody")?.close();
  const shown = h("dialog.nobody", { role: "alertdialog", "aria-labelledby": "nobody" },
    icon("bell-off"), h("h1", { id: "nobody" }, t("NOBODY WAS TOLD")),
    h("p", {}, t("The network is away. Use the light tower, shout, send somebody to the team leader. Stop the line by hand.")),
    h("div.actions", {}, button("stop", "refresh", t("Try again"), () => { shown.close(); retry(); }),
      button("plain", "check", t("I told somebody myself"), () => shown.close())));
  shown.addEventListener("close", () => shown.remove());
  document.body.append(shown);
  shown.showModal();
  navigator.vibrate?.([400, 200, 400, 200, 400]);
}
