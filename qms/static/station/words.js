// Knows what the station says in both languages; must not know where it is said. The key is the English sentence.

import { CHINESE, ENGLISH } from "./sentences.js";

const CHOSEN = "station-language";
const listeners = new Set();
let spoken = localStorage.getItem(CHOSEN) ?? ((navigator.language ?? "zh").startsWith("zh") ? "zh" : "en");
document.documentElement.lang = spoken === "zh" ? "zh-Hans" : "en";

export const language = () => spoken;
export const onLanguage = (listener) => listeners.add(listener);

/** Changes the language of the screen. */
export function speak(wanted) {
  if (wanted === spoken) return;
  spoken = wanted;
  localStorage.setItem(CHOSEN, wanted);
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : "en";
  listeners.forEach((listener) => listener());
}

/** Says a sentence; `{n}` in it is filled in. */
export function t(key, values = {}) {
  const text = spoken === "zh" ? CHINESE[key] ?? key : ENGLISH[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name_) => String(values[name_] ?? all));
}

/** Returns a record's name in the language of the screen; words as {en, zh} too. */
export function name(record) {
  if (!record) return "";
  if ("zh" in record && "en" in record) return pick(record);
  const own = spoken === "zh" ? record.name_zh : record.name_en;
  return own || record.name_en || record.name_zh || "";
}

/** Returns `<stem>_zh` or `<stem>_en` of a record, or of {zh, en} without a stem. */
export function pick(record, stem = "") {
  const key = (tongue) => (stem ? `${stem}_${tongue}` : tongue);
  return record[key(spoken)] || record[key("en")] || record[key("zh")] || "";
}

/** Returns what a rejection keeps as its zone: the same for readers of both languages. */
export const zoneText = (zone) => [...new Set([zone.name_zh, zone.name_en].filter(Boolean))].join(" ");
