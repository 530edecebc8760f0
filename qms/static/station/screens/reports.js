// What became of my reports; and my offline records that wait for me to say that they are mine.

import { ask, set, state } from "../state.js";
import { button, clock, empty, fill, h, icon, toast } from "../ui.js";
import { language, pick, t } from "../words.js";

const ICONS = { received: "inbox", held: "lock", contained: "shield-check", cause_found: "bulb", closed: "circle-check",
                thanked: "star" };

export function reportsScreen({ go, params }) {
  const body = h("div.list", {}, empty("hourglass", t("Reading …")));
  const head = (title) => h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("home")), h("h1", {}, title));
  const defect = (one) => (language() === "zh" ? one.defect_zh : one.defect_en) ?? t("No defect code");
  const mine = async () => {
    try {
      const { json } = await ask("GET", "rejects/mine");
      fill(body, ...(json.reports.length ? json.reports.map((report) => h("article.report", {},
        h("header", {}, h("strong", {}, report.number), h("span", {}, `${defect(report)} · ${report.quantity}`),
          h("small", {}, clock(report.at, state.reference.site.time_zone, true))),
        h("ol.way", {}, report.steps.map((step) => h(`li${step.at ? ".done" : ""}`, {},
          icon(step.at ? ICONS[step.code] ?? "check" : "circle-dashed"),
          h("span", {}, pick({ zh: step.words_zh, en: step.words_en }))))),
        report.photos_pending ? h("p.why", {}, t("{n} photos are still on their way.", { n: report.photos_pending })) : null,
        report.thanks.map((one) => h("p.thanks", {}, icon("star"), one.note || t("Thank you!")))))
        : [empty("history", t("You have reported nothing yet."))]));
    } catch (error) {
      fill(body, empty(error.status ? "circle-x" : "wifi-off",
        error.status ? error.message : t("No network: what became of your reports is shown again when it is back.")));
    }
  };
  const confirm = async () => {
    try {
      const { json } = await ask("GET", "rejects/to-confirm");
      set({ person: { ...state.person, toConfirm: json.records.length } });
      const answer = async (one, what) => {
        try {
          await ask("POST", `rejects/${one.client_id}/${what}`, { json: {} });
          confirm();
        } catch (error) { toast("bad", error.message); }
      };
      fill(body, ...(json.records.length ? json.records.map((one) => h("article.report", {},
        h("header", {}, h("strong", {}, one.number), h("span", {}, `${defect(one)} · ${one.quantity}`),
          h("small", {}, clock(one.at, state.reference.site.time_zone, true))),
        h("div.actions", {}, button("accept", "check", t("I recorded this"), () => answer(one, "confirm")),
          button("plain", "x", t("Not mine"), () => answer(one, "not-mine")))))
        : [empty("circle-check", t("Nothing to confirm."))]));
    } catch (error) { fill(body, empty("wifi-off", error.message)); }
  };
  const view = h("section", {}, head(params.confirm ? t("My offline records") : t("What became of my reports")), body);
  (params.confirm ? confirm : mine)();
  return { view };
}
