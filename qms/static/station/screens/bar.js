// Draws what stands above every screen: operation, clock, what waits, who hears, who is here.

import { chooseUnit, signOut, state } from "../state.js";
import { ago, button, dialog, h, icon } from "../ui.js";
import { language, name, speak, t } from "../words.js";

export function bar(go) {
  const zone = state.reference?.site.time_zone;
  const time = zone ? new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone })
    .format(new Date()) : "";
  return h("header.bar", {},
    h("button.unit", { type: "button", onclick: () => pickUnit(go), disabled: !state.reference },
      icon("building-factory-2"), h("span", {}, state.unit ? `${state.unit.code} ${name(state.unit)}` : t("Station"))),
    h("span.time", {}, time),
    h(`span.chip.${state.online ? "calm" : "alarm"}`, { role: "status" },
      icon(state.online ? "wifi" : "wifi-off"), h("span", {}, state.online ? t("Online") : t("Offline"))),
    state.device ? hearing() : null,
    waiting(go),
    h("button.chip", { type: "button", lang: language() === "zh" ? "en" : "zh-Hans",
                       onclick: () => speak(language() === "zh" ? "en" : "zh") },
      icon("language"), h("span", {}, language() === "zh" ? "English" : "中文")),
    state.person ? h("button.chip.person", { type: "button", onclick: () => signOut().then(() => go("home")) },
                     icon("lock"), h("span", {}, state.person.name), h("small", {}, t("Sign out"))) : null);
}

function hearing() {
  const ok = state.online && state.hearing.ok;
  const why = language() === "zh" ? state.hearing.words_zh : state.hearing.words_en;
  return h(`span.chip.${ok ? "calm" : "alarm"}`, { role: "status", title: why },
           icon(ok ? "bell-ringing" : "bell-off"),
           h("span", {}, ok ? t("Alarm is heard") : t("Nobody hears an alarm")));
}

function waiting(go) {
  const { waiting: count, attention, oldest } = state.standing;
  const old = oldest && Date.now() - oldest > 4 * 3600000;
  const kind = attention || old || count >= 50 || state.trouble ? "alarm" : count ? "warn" : "calm";
  return h(`button.chip.${kind}`, { type: "button", onclick: () => go("waiting") },
           icon(count ? "hourglass" : "circle-check"),
           h("span", {}, count ? t("{n} waiting", { n: count }) : t("All sent")),
           count ? h("small", {}, ago(oldest)) : null);
}

function pickUnit(go) {
  const sheet = dialog(t("Which operation is this?"), h("div.tiles", {}, state.reference.units.map((unit) =>
    button(unit.id === state.unit?.id ? "primary" : "plain", "building-factory-2", `${unit.code} ${name(unit)}`, () => {
      chooseUnit(unit);
      sheet.close();
      go("home");
    }))));
}

/** The warnings that a worker must not miss. */
export function banners(go) {
  const skew = Math.abs(state.skew ?? 0);
  return [
    state.reference?.site.demo ? h("p.banner.demo", {}, icon("alert-triangle"), t("DEMO DATA. Nothing here is real.")) : null,
    state.trouble ? h("p.banner.bad", { role: "alert" }, icon("alert-octagon"),
      t("This tablet cannot keep records: call your supervisor, use paper.")) : null,
    skew > 120000 ? h("p.banner.warn", {}, icon("clock-exclamation"),
      t("This tablet's clock is off by {n} min. Records keep both times; have the clock set.",
        { n: Math.round(skew / 60000) })) : null,
    state.paused === "person" && state.standing.waiting ? h("p.banner.warn", {}, icon("lock"),
      t("Records wait until somebody signs in.")) : null,
    state.person?.auth === "offline-badge" ? h("p.banner.warn", {}, icon("id-badge-2"),
      t("Badge only, offline. You confirm what you record when you next sign in.")) : null,
    state.person?.toConfirm ? h("p.banner.warn", {}, icon("id-badge-2"),
      t("{n} of your offline records wait for you to confirm them.", { n: state.person.toConfirm }),
      button("plain", "check", t("Look"), () => go("reports", { confirm: true }))) : null,
    state.standing.attention ? h("p.banner.bad", {}, icon("alert-octagon"),
      t("{n} records were refused and are kept here. Call your team leader.", { n: state.standing.attention }),
      button("plain", "eye", t("Look"), () => go("waiting"))) : null,
  ];
}
