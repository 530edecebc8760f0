// What waits on this tablet: counts, ages and states, never what others wrote. The last resort is a file, or codes.

import * as outbox from "../outbox.js";
import { NO_ANSWER } from "../net.js";
import { flush } from "../sender.js";
import { beat, count, state } from "../state.js";
import { ago, button, empty, fill, h, toast } from "../ui.js";
import { t } from "../words.js";
import { tag } from "./home.js";

export function waitingScreen({ go }) {
  const body = h("div.list", {});
  const paint = async () => {
    let items;
    try { items = await outbox.items(); } catch (error) {
      fill(body, empty("alert-octagon", `${t("This tablet cannot keep records: call your supervisor, use paper.")} ${error.message}`));
      return;
    }
    items.sort((a, b) => a.seq - b.seq);
    fill(body, ...(items.length ? items.map((one) => h("div.row", {},
      h("strong", {}, t("No. {n}", { n: one.seq })), h("span.what", {}, ago(one.saved_at)),
      h("span.tags", {}, one.state === "attention" ? tag("rejected", "alert-octagon", t("Refused, kept here"))
        : one.receipt ? tag("pending", "photo", t("Photos on their way")) : tag("held", "hourglass", t("Waits"))),
      one.tries || one.last_error ? h("span.from", {}, `${t("{n} tries", { n: one.tries })} · ${reason(one.last_error)}`) : null))
      : [empty("circle-check", t("All sent. Nothing waits on this tablet."))]));
  };
  const exportFile = async () => {
    const all = (await outbox.items()).map(({ seq, saved_at: at, body: text, sha256, last_error: error }) =>
      ({ seq, saved_at: new Date(at).toISOString(), sha256, error, body: text }));
    const blob = new Blob([JSON.stringify({ device: state.device?.name, records: all }, null, 1)], { type: "application/json" });
    const link = h("a", { href: URL.createObjectURL(blob), download: `station-${state.device?.name ?? "tablet"}-waiting.json` });
    link.click();
    URL.revokeObjectURL(link.href);
    toast("plain", t("Written to the downloads of this tablet. The records stay here until they are sent."));
  };
  const view = h("section", {},
    h("header.head", {}, button("plain", "arrow-left", t("Back"), () => go("home")), h("h1", {}, t("What waits on this tablet"))),
    body, h("div.actions", {},
      button("primary", "send", t("Send now"), async () => { await flush({ force: true }); await beat(); await count(); paint(); }),
      button("plain", "download", t("Write to a file"), exportFile),
      button("plain", "qrcode", t("Show as codes"), () => go("codes"))));
  const timer = setInterval(paint, 2000);
  paint();
  return { view, end: () => clearInterval(timer) };
}

const reason = (error) => (error === NO_ANSWER ? t("The server does not answer.") : error ?? "");
