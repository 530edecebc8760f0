// Knows how items and defect codes are called on this tablet; must not know where they are shown.

import { state } from "./state.js";
import { name, t } from "./words.js";

export function itemName(id) {
  const item = state.reference?.items.find((one) => one.id === id);
  return item ? `${item.code} ${name(item)}` : "";
}

export function defectName(id) {
  const defect = state.reference?.defects.find((one) => one.id === id);
  return defect ? `${defect.code} ${name(defect)}` : t("No defect code");
}
