// First-piece and patrol inspections of this operation: what is due, and its verdicts.

import { itemName } from "../naming.js";
import { ask, state } from "../state.js";
import { button, clock, dialog, empty, fill, h, icon, keypad, toast } from "../ui.js";
import { name, pick, t } from "../words.js";
import { readings } from "./readings.js";

export function piecesScreen({ go, params }) {
  const view = h("section.pieces", {}, empty("hourglass", t("Reading …")));
  const back = () => button("plain", "arrow-left", t("Back"), () => go("home"));
  const list = async () => {
    try {
      const { json } = await ask("GET", `piece-checks?unit=${state.unit.id}`);
      fill(view, 
        h("header.head", {}, back(), h("h1", {}, t("First piece and patrol")),
          button("plain", "refresh-alert", t("Something changed"), () => changed())),
        h("div.list", {}, json.checks.length ? json.checks.map((check) => h(`button.row${check.overdue ? ".held" : ""}`,
          { type: "button", onclick: () => one(check) },
          h("strong", {}, t(`piece.${check.kind}`)), h("span.what", {}, pick(check.reason_words)),
          h("span.from", {}, check.item_id ? itemName(check.item_id) : ""),
          h("span.tags", {}, h("span.tag.pending", {}, pick(check.state_words))),
          h("small", {}, clock(check.due_at, state.reference.site.time_zone))))
          : [empty("circle-check", t("No inspection is due."))]));
    } catch (error) {
      fill(view, h("header.head", {}, back(), h("h1", {}, t("First piece and patrol"))),
        empty("wifi-off", error.status ? error.message : t("No network: inspections need the server.")));
    }
  };
  const changed = () => {
    const sheet = dialog(t("What changed? A first piece is asked for."), h("div.tiles", {}, state.reference.changes.map(
      (change) => button("plain", "refresh-alert", pick(change), async () => {
        sheet.close();
        try {
          await ask("POST", "piece-checks", { json: { unit_id: state.unit.id, reason: change.code } });
          list();
        } catch (error) { toast("bad", error.message); }
      }))));
  };
  const one = async (check, item = check.item_id, lot = check.lot?.id ?? null) => {
    if (!item) { pickItem((chosen, ofLot) => one(check, chosen, ofLot)); return; }
    try {
      const query = new URLSearchParams({ item, ...(lot ? { lot } : {}) });
      const { json } = await ask("GET", `piece-checks/${check.id}/form?${query}`);
      judge(check, json, item, lot);
    } catch (error) { toast("bad", error.status ? error.message : t("No network: inspections need the server.")); }
  };
  const pickItem = (then) => {
    const sheet = dialog(t("Which lot runs now?"), h("div.list", {}, state.reference.lots.slice(0, 40).map((lot) =>
      h("button.row", { type: "button", onclick: () => { sheet.close(); then(lot.item_id, lot.id); } },
        h("strong", {}, lot.number), h("span.what", {}, itemName(lot.item_id))))));
  };
  const judge = (check, form, item, lot) => {
    const results = new Map();
    const state_ = { pieces: String(form.pieces), bad: "0" };
    const asked = form.characteristics.map((c) => ({ ...c, pieces: form.pieces, sample_en: "", sample_zh: "" }));
    const measured = asked.filter((c) => c.kind !== "attribute");
    const send = async (good) => {
      const given = [...results].flatMap(([id, values]) => values.map((value, n) => ({ characteristic_id: id, piece: n + 1,
        value: value.value || null, good: value.good === true })));
      const attributes = asked.filter((c) => c.kind === "attribute").flatMap((c) =>
        Array.from({ length: form.pieces }, (_, n) => ({ characteristic_id: c.id, piece: n + 1, value: null, good })));
      try {
        await ask("POST", `piece-checks/${check.id}/judge`, { json: { rev: form.rev, verdict: check.next, good,
          pieces: Number(state_.pieces), nonconforming: good ? 0 : Math.max(1, Number(state_.bad)), item_id: item, lot_id: lot,
          readings: check.next === "self" ? [...given, ...attributes] : [] } });
        toast("good", good ? t("Good") : t("Not good"));
        list();
      } catch (error) { toast("bad", error.message, error.problem?.rule ?? ""); }
    };
    fill(view, 
      h("header.head", {}, button("plain", "arrow-left", t("Back"), () => list()),
        h("h1", {}, t(`piece.${check.kind}`), h("small", {}, pick(check.reason_words)))),
      h("p.lead", {}, itemName(item), " · ", t(`verdict.${check.next}`)),
      h("div.columns", {}, h("div.form", {},
        asked.filter((c) => c.kind === "attribute").map((c) => h("div.attribute", {}, icon("circle-check"),
          h("span", {}, name(c)), h("small", {}, c.method ?? ""))),
        check.next === "self" ? measured.map((c) => readings(c, results, () => {})) : null),
        h("div.form", {}, h("h2", {}, t("Pieces not good")),
          keypad({ value: state_.bad, most: 3, change: (text) => { state_.bad = text; } }))),
      h("div.actions", {}, button("accept", "circle-check", t("Good"), () => send(true)),
        button("reject", "ban", t("Not good"), () => send(false))));
  };
  if (params.id) one({ id: params.id, next: "self" }); else list();
  return { view, isBusy: () => Boolean(view.querySelector(".cell.good")) };
}
