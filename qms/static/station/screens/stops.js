// The calls and stops of this operation, and the steps that lead to the restart.

import { openCamera } from "../scan.js";
import { ask, state } from "../state.js";
import { ago, button, choice, dialog, empty, fill, h, icon, keypad, toast } from "../ui.js";
import { name, pick, t } from "../words.js";

const EVERY_MS = 2000;
const AT_THE_SPOT = new Set(["acknowledge", "arrive"]);
const STEPS = {
  acknowledge: ["eye", "I come"], arrive: ["map-pin", "I am here"], resolve: ["circle-check", "Solved, line runs on"],
  stop: ["hand-stop", "Stop the line"], contain: ["lock", "Contained"], "ask-restart": ["rotate-2", "Ask for the restart"],
  check: ["clipboard-check", "Restart check"], consent: ["thumb-up", "We agree to the restart"],
  "contain-again": ["arrow-back-up", "Back to containment"], restart: ["circle-check", "Restart"],
};
const CONTAINED = ["Suspect pieces set aside, clean point marked", "Machine stopped, last good piece known"];
const MEASURES = ["Tool or setting corrected", "100 % check after the operation", "Other machine or material used"];

export function stopsScreen({ go }) {
  const list = h("div.stops", {}, empty("hourglass", t("Reading …")));
  let etag = null;
  let waitingBadge = null;
  const poll = async () => {
    try {
      const answer = await ask("GET", `stops?unit=${state.unit?.id}`, { etag });
      if (answer.status === 304) return;
      etag = answer.etag;
      const { stops } = answer.json;
      fill(list, ...(stops.length ? stops.map(card) : [empty("circle-check", t("No call and no stop here."))]));
    } catch (error) {
      if (error.status === 0) fill(list, empty("wifi-off", t("No network: nothing can be seen or told from here.")));
      else fill(list, empty("circle-x", error.message));
    }
  };
  const take = async (stop, step, more = {}) => {
    try {
      await ask("POST", `stops/${stop.id}/${step}`, { json: { rev: stop.rev, ...more } });
      toast("good", t(STEPS[step][1]), stop.number);
    } catch (error) {
      toast("bad", error.status ? error.message : t("Nobody was told: the server does not answer."),
            [error.problem?.rule, ...(error.problem?.clauses ?? [])].filter(Boolean).join(" · "));
    }
    etag = null;
    poll();
  };
  const begin = (stop, step) => {
    if (AT_THE_SPOT.has(step) && !state.person) {
      waitingBadge = { stop, step };
      toast("plain", t("Scan your badge at this tablet"));
      return;
    }
    if (step === "contain") say(t("What was contained?"), CONTAINED, (text, known) => take(stop, step,
      { containment: text, cause_known: known }), t("Cause known"));
    else if (step === "ask-restart") say(t("Temporary measure"), MEASURES, (text) => take(stop, step, { measure: text }));
    else if (step === "resolve") say(t("What was it?"), ["Helped at the post", "Part or tool brought"], (text) => take(stop, step, { note: text }));
    else if (step === "contain-again") say(t("Why back?"), ["First piece not good", "Suspect pieces found elsewhere"], (text) => take(stop, step, { note: text }));
    else if (step === "check") check(stop);
    else take(stop, step);
  };
  const check = (stop) => {
    const form = { kind: stop.missing[0] ?? stop.checks[0]?.kind, good: true, pieces: "3", bad: "0" };
    const body = h("div.form", {});
    const paint = () => fill(body, 
      choice(stop.missing.map((kind) => ({ value: kind, word: t(`check.${kind}`) })), form.kind,
             (value) => { form.kind = value; paint(); }, t("Check")),
      choice([{ value: true, word: t("Good"), iconName: "circle-check" }, { value: false, word: t("Not good"), iconName: "ban" }],
             form.good, (value) => { form.good = value; form.bad = value ? "0" : "1"; paint(); }, t("Verdict")),
      form.kind === "first_piece" ? h("div.columns", {},
        h("div", {}, h("h3", {}, t("Pieces"), " ", form.pieces), keypad({ value: form.pieces, most: 3, change: (text) => { form.pieces = text; } })),
        form.good ? null : h("div", {}, h("h3", {}, t("Not good")), keypad({ value: form.bad, most: 3, change: (text) => { form.bad = text; } }))) : null,
      button("primary", "check", t("Record the check"), () => {
        sheet.close();
        const counted = form.kind === "first_piece" ? { pieces: Number(form.pieces), nonconforming: Number(form.bad) } : {};
        take(stop, "check", { kind: form.kind, good: form.good, ...counted });
      }));
    paint();
    const sheet = dialog(t("Restart check"), body);
  };
  const card = (stop) => h(`article.stop.${stop.state}`, {},
    h("header", {}, icon(stop.state === "called" ? "bell-ringing" : stop.state === "restart_requested" ? "rotate-2" : "hand-stop"),
      h("h2", {}, `${name(stop.state_words)} · ${name(stop.reason_words)}`), h("span", {}, stop.number)),
    h("p", {}, `${stop.unit.code} ${name(stop.unit)} · ${ago(stop.called_at)}`,
      stop.minutes_lost ? ` · ${t("{n} min lost", { n: stop.minutes_lost })}` : "",
      stop.rejection ? ` · ${stop.rejection.number}` : ""),
    h("ul.facts", {},
      fact("eye", t("fact.seen"), stop.acknowledged_at), fact("map-pin", t("fact.arrived"), stop.arrived_at),
      fact("lock", t("fact.contained"), stop.contained_at),
      stop.customer ? fact("thumb-up", `${stop.customer.code} ${t("agrees")}`, stop.consented_at) : null,
      stop.rung && !stop.arrived_at ? h("li", {}, icon("bell-ringing"), `${t("Told now")}: ${pick(stop.rung.words)}`) : null,
      stop.checks.map((one) => h("li", {}, icon(one.good ? "circle-check" : "ban"), pick(one.words)))),
    h("div.actions", {}, stop.steps.map((step) => button(step === "restart" || step === "resolve" ? "accept"
      : step === "stop" ? "stop" : "plain", STEPS[step]?.[0] ?? "check", t(STEPS[step]?.[1] ?? step), () => begin(stop, step)))));
  const timer = setInterval(poll, EVERY_MS);
  poll();
  const view = h("section", {},
    h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("home")), h("h1", {}, t("Calls and stops here")),
      button("plain", "camera", t("Scan a badge"), () => openCamera())), list,
    h("div.actions", {}, button("call", "bell-ringing", t("CALL"), () => go("signal", { red: false })),
      button("stop", "hand-stop", t("STOP"), () => go("signal", { red: true }))));
  const scan = (badge) => {
    const first = waitingBadge ?? null;
    if (!first) { toast("plain", t("Tap the step first, then scan your badge.")); return; }
    waitingBadge = null;
    take(first.stop, first.step, { badge });
  };
  return { view, scan, end: () => clearInterval(timer) };
}

const fact = (iconName, word, at) => h(`li${at ? ".done" : ""}`, {}, icon(at ? iconName : "circle-dashed"),
  at ? `${word} · ${ago(at)}` : word);

/** Asks for a short text: a tile is enough, words are free. */
function say(title, tiles, then, flag = null) {
  const field = h("textarea", { id: "say", rows: 3, maxLength: 500 });
  const known = h("input", { type: "checkbox" });
  const sheet = dialog(title,
    h("div.tiles", {}, tiles.map((word) => button("plain", "check", t(word), () => { field.value = t(word); }))),
    h("label.hidden", { htmlFor: "say" }, title), field,
    flag ? h("label.switch", {}, known, h("span", {}, flag)) : null,
    button("primary", "check", t("Done"), () => {
      if (!field.value.trim()) { toast("bad", t("Tap a tile or write a word.")); return; }
      sheet.close();
      then(field.value.trim(), known.checked);
    }));
}
