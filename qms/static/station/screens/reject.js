// Records a rejection in at most four taps: defect, quantity, send. Works without the network.

import { photo as takePhoto } from "../camera.js";
import { capture } from "../capture.js";
import { quotaPercent } from "../heartbeat.js";
import { itemName } from "../naming.js";
import { ask, state } from "../state.js";
import { button, choice, dialog, fill, h, icon, keypad, letterPad, toast } from "../ui.js";
import { name, pick, t, zoneText } from "../words.js";

const MOST_PHOTOS = 3;
const FIRST_TILES = 8;
const TILES = 48;

export function rejectScreen({ go, params }) {
  const { handover } = params;
  const form = {
    kind: params.kind ?? (handover ? "not_accepted" : "not_made"),
    lot: handover ? { ...handover.lot, item_id: handover.item_id } : params.lot ?? null, lotNumber: params.lotNumber ?? null,
    defect: null, zone: null, quantity: "1", photos: [], note: "", whole: false, sought: "", isAll: false, isSaving: false,
  };
  const view = h("section.reject", {});
  const tiles = h("div.defects", {});
  const counter = h("p.big-count", { role: "status" }, form.quantity);
  const send = button("reject", "send", t("SEND"), () => save());
  const where = h("div", {});
  const photos = h("div.photos", {});
  const itemId = () => form.lot?.item_id ?? null;
  const paintSend = () => { send.disabled = form.isSaving || !form.defect || !(Number(form.quantity) > 0); };
  const paintTiles = () => {
    const matching = found(form.sought, itemId());
    const most = form.isAll || form.sought ? TILES : FIRST_TILES;
    fill(tiles, ...matching.slice(0, most).map((defect) => {
      const picture = defect.pictures.find((one) => one.role === "ng" && (!one.item_id || one.item_id === itemId()));
      return h("button.tile", { type: "button", "aria-pressed": String(form.defect?.id === defect.id),
                                onclick: () => { form.defect = defect; form.zone = null; paintTiles(); paintZones(); paintSend(); } },
        picture ? h("img", { src: `/pictures/${picture.id}`, alt: "" }) : h("span.code", {}, defect.code),
        h("span", {}, name(defect)), h(`small.severity.${defect.severity}`, {}, defect.severity));
    }));
    if (matching.length > most && most === FIRST_TILES) {
      tiles.append(button("plain", "dots", t("All {n} defects", { n: matching.length }), () => {
        form.isAll = true;
        paintTiles();
      }));
    }
    if (!matching.length) tiles.append(h("p.empty", {}, t("No defect code matches. Clear the search.")));
  };
  const picture = () => state.reference.items.find((one) => one.id === itemId())?.picture;
  const paintZones = () => fill(where, picture() ? button("plain", "map-pin", form.zone ?? t("Where on the part?"),
                                                          () => pickZone(picture(), form, paintZones)) : null);
  const paintPhotos = () => fill(photos, 
    ...form.photos.map((one, n) => h("button.shot", { type: "button", "aria-label": t("Remove photo {n}", { n: n + 1 }),
      onclick: () => { form.photos.splice(n, 1); paintPhotos(); } },
      h("img", { src: one.url, alt: "" }), icon("x"))),
    form.photos.length < MOST_PHOTOS ? h("label.btn.plain.shoot", {}, icon("camera"), h("span", {}, t("Photo")),
      h("input", { type: "file", accept: "image/*", capture: "environment", onchange: (event) => add(event.target) })) : "");
  const add = async (input) => {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    if ((await quotaPercent()) >= 80) {
      toast("bad", t("No room for photos. The record itself can be saved."));
      return;
    }
    try {
      const shot = await takePhoto(file);
      form.photos.push({ ...shot, url: URL.createObjectURL(shot.blob) });
      paintPhotos();
    } catch {
      toast("bad", t("This file is no photo."));
    }
  };
  const paint = () => {
    fill(view, 
      h("header.head", {}, button("plain", "arrow-left", t("Back"), () => leave()),
        h("h1", {}, t("Reject")),
        choice(state.reference.kinds.map((kind) => ({ value: kind.code, word: pick(kind) })), form.kind,
               (value) => { form.kind = value; paint(); }, t("Kind"))),
      h("div.columns", {},
        h("div.what-is-wrong", {},
          h("div.line", {}, lotButton(),
            button("plain", "search", form.sought ? `“${form.sought}”` : t("Find a defect"), () => seek()), where),
          tiles),
        h("div.how-many", {}, counter,
          keypad({ value: form.quantity, change: (text) => {
            form.quantity = text;
            counter.textContent = text || "–";
            paintSend();
          } }), h("div.line", {}, photos, noteButton()), send)));
    paintTiles();
    paintZones();
    paintPhotos();
    paintSend();
  };
  const lotButton = () => h("button.btn.plain.lot", { type: "button", onclick: () => pickLot(), disabled: Boolean(handover) },
    icon("stack"), h("span", {}, form.lot?.number ?? form.lotNumber ?? t("No lot: held as suspect")),
    form.lot ? h("small", {}, itemName(form.lot.item_id)) : null);
  const noteButton = () => button("plain", "pencil", form.note ? form.note.slice(0, 24) : t("Note"), () => {
    const field = h("textarea", { id: "note", rows: 5, maxLength: 1000, value: form.note });
    const sheet = dialog(t("Note"), h("label.hidden", { htmlFor: "note" }, t("Note")), field,
      button("primary", "check", t("Done"), () => { form.note = field.value.trim(); sheet.close(); paint(); }));
  });
  const seek = () => {
    const shown = h("p.sought", { role: "status" }, form.sought || "…");
    const sheet = dialog(t("Find a defect: code, pinyin initials or English"), shown, letterPad((text) => {
      form.sought = text;
      shown.textContent = text || "…";
      paintTiles();
    }), button("primary", "check", t("Show"), () => { sheet.close(); paint(); }),
      button("plain", "x", t("Clear the search"), () => { form.sought = ""; sheet.close(); paint(); }));
  };
  const pickLot = () => {
    const sheet = dialog(t("Scan the lot, or pick it"), h("div.list", {},
      state.reference.lots.slice(0, 60).map((lot) => h("button.row", { type: "button", onclick: () => {
        form.lot = lot;
        form.lotNumber = null;
        sheet.close();
        paint();
      } }, h("strong", {}, lot.number), h("span.what", {}, itemName(lot.item_id)))),
      button("plain", "help-circle", t("No lot: held as suspect"), () => {
        form.lot = form.lotNumber = null;
        sheet.close();
        paint();
      })));
  };
  const save = async () => {
    form.isSaving = true;
    paintSend();
    try {
      const saved = await capture({
        kind: form.kind, found_unit_id: state.unit.id, lot_id: form.lot?.id ?? null,
        lot_number: form.lot ? form.lot.number : form.lotNumber, item_id: itemId(), defect_id: form.defect.id,
        handover_id: handover?.id ?? null, zone: form.zone, quantity: Number(form.quantity), note: form.note || null,
        whole_lot: form.whole,
      }, form.photos);
      document.body.dataset.saved = saved.id;
      toast("good", t("Saved on this tablet"), t("{n} {defect}", { n: form.quantity, defect: name(form.defect) }));
      forget();
      if (handover && state.online) go("card", { id: handover.id, waitFor: saved.id });
      else go("home");
    } catch (error) {
      form.isSaving = false;
      paintSend();
      document.body.dataset.notSaved = String(error?.name ?? error);
      toast("bad", t("NOT SAVED"), `${t("Nothing was kept. Your entry is still here: try again.")} (${error?.name ?? error})`);
    }
  };
  const forget = () => {
    form.photos.forEach((one) => URL.revokeObjectURL(one.url));
    form.defect = null;
  };
  const leave = () => { forget(); go(handover ? "card" : "home", handover ? { id: handover.id } : {}); };
  const scan = async (code) => {
    if (handover) return;
    const known = state.reference.lots.find((lot) => lot.number === code);
    form.lot = known ?? null;
    form.lotNumber = known ? null : code;
    paint();
    if (known) return;
    try {
      form.lot = (await ask("GET", `station/lots?number=${encodeURIComponent(code)}`)).json;
      form.lotNumber = null;
      paint();
    } catch { /* An unknown lot is recorded as it was scanned and held as suspect. */ }
  };
  paint();
  return { view, scan, isBusy: () => Boolean(form.defect) };
}

/** Returns the defect codes that match, those found most often on this item here first. */
function found(sought, itemId) {
  const wanted = sought.trim().toUpperCase();
  const times = (defect) => (defect.used[String(itemId ?? 0)] ?? 0) * 1000
    + Object.values(defect.used).reduce((sum, n) => sum + n, 0);
  return state.reference.defects
    .filter((defect) => !wanted || [defect.code, defect.initials, defect.name_en, defect.name_zh]
      .some((text) => text.toUpperCase().includes(wanted)))
    .sort((a, b) => times(b) - times(a) || a.code.localeCompare(b.code));
}

/** Shows the item large, to point at the zone. */
function pickZone(picture, form, changed) {
  const sheet = dialog(t("Where on the part?"), h("figure.zone-picture", {},
    h("img", { src: `/pictures/${picture.id}`, alt: "", width: picture.width, height: picture.height }),
    picture.zones.map((zone) => {
      const text = zoneText(zone);
      const made = h("button.zone", { type: "button", "aria-pressed": String(form.zone === text), onclick: () => {
        form.zone = form.zone === text ? null : text;
        sheet.close();
        changed();
      } }, h("span", {}, name(zone)));
      Object.assign(made.style, { left: `${zone.x / 10}%`, top: `${zone.y / 10}%`, width: `${zone.width / 10}%`,
                                  height: `${zone.height / 10}%` });
      return made;
    })));
}
