// The records that wait here as QR codes, one at a time or on paper; for when this tablet cannot send any more.

import * as outbox from "../outbox.js";
import { codesOf, drawn } from "../codes.js";
import { state } from "../state.js";
import { button, empty, fill, h } from "../ui.js";
import { t } from "../words.js";

export function codesScreen({ go }) {
  const body = h("div.codes", {}, empty("hourglass", t("Reading …")));
  const paper = h("div.paper", { "aria-hidden": "true" });
  const print = button("plain", "printer", t("Print"), () => globalThis.print(), { disabled: true });
  const back = button("plain", "arrow-left", t("Previous code"), () => show(at - 1));
  const next = button("primary", "arrow-right", t("Next code"), () => show(at + 1));
  let all = [];
  let at = 0;

  const show = (wanted) => {
    at = Math.min(Math.max(wanted, 0), all.length - 1);
    const one = all[at];
    const place = t("No. {n}: code {k} of {of}", one);
    fill(body, h("p.place", { role: "status" }, h("strong", {}, place),
      h("span", {}, t("{k} of {of} codes of this tablet", { k: at + 1, of: all.length }))), drawn(one.code, place));
    back.disabled = at === 0;
    next.disabled = at === all.length - 1;
    body.dataset.code = one.code;
  };
  const load = async () => {
    const waiting = (await outbox.items()).filter((one) => !one.receipt).sort((a, b) => a.seq - b.seq);
    for (const record of waiting) {
      const codes = await codesOf(record);
      all.push(...codes.map((code, k) => ({ code, n: record.seq, k: k + 1, of: codes.length })));
    }
    if (!all.length) {
      back.disabled = next.disabled = true;
      fill(body, empty("circle-check", t("All sent. Nothing waits on this tablet.")));
      return;
    }
    fill(paper, h("p", {}, `${state.device?.name ?? ""} · ${new Date().toISOString().slice(0, 16)}Z`),
      all.map((one) => h("figure", {}, drawn(one.code, ""), h("figcaption", {}, t("No. {n}: code {k} of {of}", one)))));
    print.disabled = false;
    show(0);
  };
  const view = h("section", {},
    h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("waiting")),
      h("h1", {}, t("Waiting records as codes"))),
    h("p.lead", {}, t("On a desk: From tablets, “Take in by hand”. Scan every code. The records stay here until they are sent.")),
    body, h("div.actions", {}, back, print, next), paper);
  load().catch((error) => fill(body, empty("alert-octagon", String(error?.message ?? error))));
  return { view };
}
