// Hands a quantity of a lot over to the next operation, with the self-check.

import { itemName } from "../naming.js";
import { ask, state } from "../state.js";
import { button, choice, empty, fill, h, icon, keypad, toast } from "../ui.js";
import { name, t } from "../words.js";

export function presentScreen({ go, params }) {
  const again = params.again ?? null;
  const customers = state.unit?.links.customers ?? [];
  const form = { link: customers[0]?.link_id ?? null, lot: again ? { ...again.lot, item_id: again.item_id } : null,
                 quantity: again ? String(again.rejected) : "", lots: null };
  if (again) form.link = customers.find((one) => one.id === again.customer.id)?.link_id ?? form.link;
  const view = h("section.present", {});
  const paint = () => {
    fill(view, 
      h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("home")),
        h("h1", {}, again ? t("Present again") : t("Hand over"))),
      h("div.columns", {},
        h("div.form", {},
          h("h2", {}, t("To whom")),
          customers.length ? choice(customers.map((one) => ({ value: one.link_id, word: `${one.code} ${name(one)}` })),
                                    form.link, (value) => { form.link = value; paint(); }, t("To whom"))
            : empty("link", t("This operation has no customer in the chain.")),
          h("h2", {}, t("Lot"), h("small", {}, t("Scan it, or pick it"))), lots()),
        h("div.form", {}, h("h2", {}, t("Quantity")), h("p.big-count", { role: "status" }, form.quantity || "–"),
          keypad({ value: form.quantity, change: (text) => { form.quantity = text; paintSend(); } }))),
      h("div.actions", {}, sendButton,
        button("reject", "ban", t("Self-check found a defect"), () => go("reject", { lot: form.lot, kind: "not_passed_on" }))));
    paintSend();
  };
  const sendButton = button("accept", "send", t("Self-check good: hand over"), () => send());
  const paintSend = () => {
    sendButton.disabled = !form.link || !form.lot || !(Number(form.quantity) > 0);
    const shown = view.querySelector(".big-count");
    if (shown) shown.textContent = form.quantity || "–";
  };
  const lots = () => {
    if (form.lot && again) return h("div.row", {}, h("strong", {}, form.lot.number), h("span", {}, itemName(form.lot.item_id)));
    if (!form.lots) return empty("hourglass", t("Reading …"));
    if (!form.lots.length && !form.lot) return empty("stack", t("No lot is ready here. Scan the lot's label."));
    const known = form.lot && !form.lots.some((lot) => lot.id === form.lot.id) ? [form.lot, ...form.lots] : form.lots;
    return h("div.list", {}, known.map((lot) => h(`button.row${form.lot?.id === lot.id ? ".chosen" : ""}`, {
      type: "button", "aria-pressed": String(form.lot?.id === lot.id), onclick: () => choose(lot) },
      h("strong", {}, lot.number), h("span.what", {}, itemName(lot.item_id)),
      h("span.count", {}, String(lot.left ?? lot.quantity)))));
  };
  const choose = (lot) => {
    form.lot = lot;
    form.quantity = String(lot.left ?? lot.quantity ?? "");
    paint();
  };
  const send = async () => {
    sendButton.disabled = true;
    try {
      await ask("POST", "handovers", { json: { link_id: form.link, lot_id: form.lot.id, quantity: Number(form.quantity),
                                               self_check: "ok", previous_id: again?.id ?? null } });
      toast("good", t("Handed over"), form.lot.number);
      go("home");
    } catch (error) {
      toast("bad", error.status ? error.message : t("Not handed over: the server does not answer."),
            error.problem?.rule ?? "");
      paintSend();
    }
  };
  const scan = async (code) => {
    try {
      const { json } = await ask("GET", `station/lots?number=${encodeURIComponent(code)}`);
      choose(json);
    } catch (error) {
      toast("bad", error.status === 404 ? t("Lot {n} is not known.", { n: code }) : error.message);
    }
  };
  paint();
  ask("GET", `station/ready?unit=${state.unit.id}`).then(({ json }) => { form.lots = json.lots; paint(); })
    .catch(() => { form.lots = []; paint(); });
  return { view, scan, isBusy: () => Boolean(form.lot) };
}
