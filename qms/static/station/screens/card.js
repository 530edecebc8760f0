// One hand-over that waits: what is known of the lot, the check form of its standard, accept, refuse, accept the rest.

import { defectName } from "../naming.js";
import { ask, state } from "../state.js";
import { button, empty, fill, h, icon, toast } from "../ui.js";
import { name, pick, t } from "../words.js";
import { readings } from "./readings.js";

export function cardScreen({ go, params }) {
  const view = h("section.card", {}, empty("hourglass", t("Reading …")));
  const results = new Map();
  let timer = null;
  const show = async () => {
    try {
      const { json } = await ask("GET", `station/handovers/${params.id}`);
      fill(view, ...draw(json));
    } catch (error) {
      fill(view, h("h1", {}, t("Hand-over")), empty(error.status ? "circle-x" : "wifi-off",
        error.status ? error.message : t("No network: accepting needs the server. A rejection can be recorded now.")),
        h("div.actions", {}, button("reject", "ban", t("REJECT"), () => go("reject", {})),
          button("plain", "arrow-left", t("Back"), () => go("home"))));
    }
  };
  const decide = async (path, body, word) => {
    try {
      await ask("POST", `handovers/${params.id}/${path}`, { json: body });
      toast("good", word);
      go("home");
    } catch (error) {
      toast("bad", error.problem?.rule ? `${error.message} (${error.problem.rule})` : error.message,
            (error.problem?.clauses ?? []).join(", "));
      if (error.status === 409) show();
    }
  };
  const draw = (card) => {
    const form = card.form;
    const asked = form?.characteristics ?? [];
    const measured = asked.filter((c) => c.kind !== "attribute");
    const accept = button("accept", "check", t("ACCEPT {n}", { n: card.quantity }),
      () => decide("accept", { rev: card.rev, results: given(asked, results) }, t("Accepted")));
    const check = () => {
      const bad = measured.some((c) => (results.get(c.id) ?? []).some((one) => one.good === false));
      const missing = measured.some((c) => (results.get(c.id) ?? []).filter((one) => one.good !== null).length < c.pieces);
      accept.disabled = bad || missing || !form || card.holds.length > 0;
      why.textContent = !form ? t("No standard is in force, so nothing can be accepted (R-03). Reject, or call the leader.")
        : card.holds.length ? t("Held: it cannot be accepted before the hold is released (R-55).")
          : bad ? t("Out of limits: the whole lot is suspect (R-05). Reject it.")
            : missing ? t("Readings are missing.") : "";
    };
    const why = h("p.why", { role: "status" });
    const reported = card.own.reduce((sum, one) => sum + one.quantity, 0);
    const out = [
      h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("home")),
        h("h1", {}, card.lot.number, h("small", {}, `${card.item.code} ${name(card.item)}`)),
        h("p.big-count", {}, String(card.quantity))),
      h("div.columns", {},
        h("div.known", {}, warnings(card), topDefects(card)),
        h("div.form", {}, form ? standard(form) : null, asked.filter((c) => c.kind === "attribute").map(attribute),
          measured.map((c) => readings(c, results, check)), why)),
      card.own.length ? rest(card, reported) : h("div.actions", {},
        accept, button("reject", "ban", t("REJECT"), () => go("reject", { handover: card })),
        button("call", "bell-ringing", t("CALL"), () => go("signal", { red: false, handover: card }))),
    ];
    check();
    return out;
  };
  const rest = (card, reported) => h("div.actions.wide", {},
    h("p.lead", {}, t("{n} of {all} are reported and held. And the rest?", { n: reported, all: card.quantity })),
    reported < card.quantity ? button("accept", "check", t("I checked every piece: accept the other {n}",
      { n: card.quantity - reported }), () => decide("accept-the-rest",
        { rev: card.rev, sorted_all: true, results: [] }, t("Accepted in part"))) : null,
    button("reject", "ban", t("Refuse the whole lot"), () => decide("refuse", { rev: card.rev }, t("Refused"))),
    button("plain", "plus", t("Report another defect"), () => go("reject", { handover: card })));
  if (params.waitFor) timer = setTimeout(show, 600);
  show();
  return { view, end: () => clearTimeout(timer) };
}

const standard = (form) => h("p.standard", {}, icon("file-certificate"),
  `${form.form_number} · ${t("rev. {n}", { n: form.revision })} · ${pick(form, "title")}`);

const attribute = (c) => h("div.attribute", {}, icon("circle-check"),
  h("span", {}, name(c), c.special ? h("b.special", {}, c.special) : null),
  h("small", {}, [pick(c, "sample"), c.method].filter(Boolean).join(" · ")));

/** Turns what was typed into results: an attribute conforms for its whole sample, a reading speaks for its piece. */
function given(asked, results) {
  return asked.flatMap((c) => (c.kind === "attribute"
    ? [{ characteristic_id: c.id, pieces: c.pieces, nonconforming: 0 }]
    : (results.get(c.id) ?? []).map((one, n) => ({ characteristic_id: c.id, piece: n + 1, value: one.value }))));
}

function warnings(card) {
  const line = (one, tone) => h(`div.fact.${tone}`, {}, icon(tone === "rejected" ? "lock" : "history"),
    h("span", {}, `${one.number} · ${defectName(one.defect_id)} · ${one.quantity}`), one.zone ? h("small", {}, one.zone) : null);
  const held = card.holds.map((one) => line(one, "rejected"));
  const ids = new Set(card.holds.map((one) => one.id));
  const earlier = card.earlier.filter((one) => !ids.has(one.id)).map((one) => line(one, "neutral"));
  return [
    h("h2", {}, t("Known of this lot")),
    held.length || earlier.length ? [...held, ...earlier] : empty("circle-check", t("No hold, no earlier rejection.")),
    card.self_check === "none" ? h("div.fact.held", {}, icon("alert-triangle"), t("Handed over without a self-check.")) : null,
  ];
}

function topDefects(card) {
  if (!card.top_defects.length) return null;
  return [h("h2", {}, t("Look for")), h("div.tops", {}, card.top_defects.map((top) => {
    const defect = state.reference.defects.find((one) => one.id === top.defect_id);
    const pictures = defect?.pictures ?? [];
    return h("div.top", {}, ["ok", "ng"].map((role) => {
      const picture = pictures.find((one) => one.role === role && (!one.item_id || one.item_id === card.item_id));
      return picture ? h(`figure.${role}`, {}, h("img", { src: `/pictures/${picture.id}`, alt: "", loading: "lazy" }),
                         h("figcaption", {}, role.toUpperCase())) : null;
    }), h("span", {}, defectName(top.defect_id)), h("small", {}, t("{n}× in 90 days", { n: top.times })));
  }))];
}
