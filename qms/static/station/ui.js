// Knows how a screen is drawn: elements, icons, keypad, dialogs, messages; must not know what the station does.

import { t } from "./words.js";

const BASE = new URL("../", import.meta.url);

/** Makes an element: `h("button.big", {onclick, disabled}, "text", child)`. Text is always text, never markup. */
export function h(what, props = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.includes("-") && key !== "list") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Puts other children into an element; what is not there is left out. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
}

/** Draws an icon of the set; it is decoration, the word stands beside it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${new URL("vendor/tabler/icons.svg", BASE).pathname}#${name}`);
  svg.append(use);
  return svg;
}

/** A big button with an icon and a word. */
export function button(kind, iconName, word, onclick, more = {}) {
  return h(`button.btn.${kind}`, { type: "button", onclick, ...more }, iconName ? icon(iconName) : null,
           h("span", {}, word));
}

/** A keypad that gives its text to `change`; `decimal` adds the point and the sign. */
export function keypad({ value = "", decimal = false, change, most = 9 }) {
  let text = String(value);
  let isFresh = true;
  const press = (key) => {
    if (key === "back") text = text.slice(0, -1);
    else if (key === "clear") text = "";
    else if (key === "-") text = text.startsWith("-") ? text.slice(1) : `-${text}`;
    else if (isFresh && key !== ".") text = key;
    else if (text.length < most && !(key === "." && text.includes("."))) text += key;
    isFresh = false;
    change(text);
  };
  const key = (name, shown = name, label = null) =>
    h("button.key", { type: "button", onclick: () => press(name), "aria-label": label }, shown);
  const rows = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((n) => key(n));
  const last = decimal ? [key("."), key("0"), key("-", "±", t("Sign"))] : [key("clear", "C", t("Clear")), key("0")];
  return h("div.keypad", { role: "group", "aria-label": t("Keypad") }, rows, last,
           key("back", icon("backspace"), t("Delete the last digit")));
}

let toastTimer = null;

/** Shows a short message over the screen; `kind` is good, bad or plain. */
export function toast(kind, text, detail = "") {
  document.querySelector(".toast")?.remove();
  const shown = h(`div.toast.${kind}`, { role: kind === "bad" ? "alert" : "status" },
                  icon(kind === "good" ? "circle-check" : kind === "bad" ? "alert-octagon" : "info-circle"),
                  h("div", {}, h("strong", {}, text), detail ? h("span", {}, detail) : null));
  document.body.append(shown);
  navigator.vibrate?.(kind === "bad" ? [200, 100, 200] : 60);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => shown.remove(), kind === "bad" ? 8000 : 3500);
}

/** Opens a dialog over the whole screen and returns it; `close()` ends it. */
export function dialog(title, ...content) {
  const shown = h("dialog.sheet", { "aria-labelledby": "sheet-title" },
                  h("header", {}, h("h2", { id: "sheet-title" }, title),
                    button("quiet", "x", t("Close"), () => shown.close())), ...content);
  shown.addEventListener("close", () => shown.remove());
  document.body.append(shown);
  shown.showModal();
  return shown;
}

/** A row of choices of which one is chosen. */
export function choice(options, chosen, pick, label) {
  return h("div.choice", { role: "group", "aria-label": label }, options.map(({ value, word, iconName }) =>
    h("button.btn", { type: "button", "aria-pressed": String(value === chosen), onclick: () => pick(value) },
      iconName ? icon(iconName) : null, h("span", {}, word))));
}

/** A pad of letters and digits for finding without the keyboard of the system. */
export function letterPad(change) {
  let text = "";
  const press = (key) => {
    text = key === "back" ? text.slice(0, -1) : text + key;
    change(text);
  };
  const keys = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"];
  return h("div.letters", { role: "group", "aria-label": t("Letters") },
           keys.map((key) => h("button.key", { type: "button", onclick: () => press(key) }, key)),
           h("button.key", { type: "button", onclick: () => press("back"), "aria-label": t("Delete the last letter") },
             icon("backspace")));
}

/** An empty place that says what would stand there. */
export const empty = (iconName, text) => h("p.empty", {}, icon(iconName), h("span", {}, text));

/** Says how long ago an instant is, in whole minutes, hours or days. */
export function ago(at) {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(at).getTime()) / 60000));
  if (minutes < 1) return t("just now");
  if (minutes < 60) return t("{n} min", { n: minutes });
  return minutes < 2880 ? t("{n} h", { n: Math.floor(minutes / 60) }) : t("{n} d", { n: Math.floor(minutes / 1440) });
}

/** Shows a time of day by the site's clock. */
export function clock(at, zone, withDate = false) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const text = new Intl.DateTimeFormat("sv-SE", { ...parts, timeZone: zone }).format(new Date(at));
  return withDate ? text.slice(5) : text.slice(-5);
}
