// The readings of one characteristic: a cell for each piece, a big keypad, and at once red when out of limits.

import { fill, h, keypad } from "../ui.js";
import { name, pick, t } from "../words.js";

const MOST_CELLS = 200;

/** Tells whether a typed value lies within limits; null while it is no number. On a limit is good. */
export function conforms(characteristic, text) {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return null;
  if (characteristic.kind === "count" && !/^\d+$/.test(text)) return null;
  const { lower, upper } = characteristic;
  return (lower === null || compare(text, lower) >= 0) && (upper === null || compare(text, upper) <= 0);
}

/** Compares two decimal texts exactly: a float would call 0.1 + 0.2 out of a limit of 0.3. */
function compare(a, b) {
  const digits = Math.max(...[a, b].map((text) => (text.split(".")[1] ?? "").length));
  const whole = (text) => {
    const [head, tail = ""] = text.replace("-", "").split(".");
    const value = BigInt(head + tail.padEnd(digits, "0"));
    return text.startsWith("-") ? -value : value;
  };
  const [left, right] = [whole(a), whole(b)];
  return left < right ? -1 : Number(left > right);
}

/** Draws the readings; `results` maps a characteristic to [{value, good}], `changed` is told after each digit. */
export function readings(characteristic, results, changed) {
  const count = Math.min(characteristic.pieces, MOST_CELLS);
  const values = results.get(characteristic.id) ?? Array.from({ length: count }, () => ({ value: "", good: null }));
  results.set(characteristic.id, values);
  let current = Math.max(0, values.findIndex((one) => one.good === null));
  const cells = h("div.cells", { role: "group", "aria-label": name(characteristic) });
  const pad = h("div.pad", {});
  const paint = () => {
    fill(cells, ...values.map((one, n) => h(
      `button.cell${one.good === false ? ".bad" : one.good ? ".good" : ""}${n === current ? ".current" : ""}`,
      { type: "button", onclick: () => { current = n; open(); },
        "aria-label": t("Piece {n}: {value}", { n: n + 1, value: one.value || "–" }) },
      h("small", {}, String(n + 1)), one.value || "–")));
  };
  const open = () => {
    paint();
    fill(pad, 
      keypad({ value: values[current].value, decimal: characteristic.kind !== "count", most: 12, change: (text) => {
        values[current] = { value: text, good: conforms(characteristic, text) };
        paint();
        changed();
      } }),
      h("button.btn.plain", { type: "button", onclick: () => {
        if (current + 1 < count) { current += 1; open(); } else fill(pad, );
      } }, current + 1 < count ? t("Next piece") : t("Done")));
  };
  paint();
  return h("div.readings", {},
    h("h3", {}, name(characteristic), characteristic.special ? h("b.special", {}, characteristic.special) : null,
      h("small", {}, [pick(characteristic, "requirement"), pick(characteristic, "sample"), characteristic.gauge]
        .filter(Boolean).join(" · "))),
    cells, pad, h("button.btn.plain.begin", { type: "button", onclick: open }, t("Enter readings")));
}
