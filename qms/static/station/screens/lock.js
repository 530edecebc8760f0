// Signs a person in: badge, then PIN online; badge alone while the network is away. Anyone may call or stop from here.

import { openCamera } from "../scan.js";
import { badgeOnly, signIn, state } from "../state.js";
import { button, dialog, fill, h, icon, keypad, toast } from "../ui.js";
import { t } from "../words.js";

export function lockScreen({ go, params, draw }) {
  const then = params.then ?? { name: "home", params: {} };
  let badge = null;
  let pin = "";
  const dots = h("p.dots", { "aria-live": "polite" });
  const pad = h("div", {});
  const show = () => {
    dots.textContent = "●".repeat(pin.length).padEnd(6, "○");
    dots.setAttribute("aria-label", t("{n} of 6 digits", { n: pin.length }));
  };
  const type = async (text) => {
    pin = text.slice(0, 6);
    show();
    if (pin.length < 6) return;
    const tried = pin;
    pin = "";
    try {
      await signIn(badge, tried);
      go(then.name, then.params);
    } catch (error) {
      if (error.status === 0) {
        toast("bad", t("The server does not answer."), t("Scan your badge again to work offline."));
        badge = null;
        draw();
        return;
      }
      toast("bad", error.code === "wrong" ? t("Badge and PIN do not belong together.") : error.message);
      fill(pad, makePad());
      show();
    }
  };
  const makePad = () => keypad({ change: type, most: 6 });
  const take = async (code) => {
    badge = code;
    if (!state.online) {
      await badgeOnly(code);
      go(then.name, then.params);
      return;
    }
    fill(scanned, icon("circle-check"), t("Badge read. Now your PIN."));
    scanned.className = "lead good";
    fill(pad, makePad());
    show();
  };
  const scanned = h("p.lead", {}, t("Scan your badge"));
  const view = h("section.lock", {},
    h("div.who", {}, h("h1", {}, icon("id-badge-2"), t("Who is here?")), scanned, dots,
      h("div.line", {}, button("primary", "camera", t("Scan with the camera"), () => openCamera()),
        button("plain", "keyboard", t("Type the code"), () => typeCode(take))),
      state.online ? null : h("p.banner.warn", {}, icon("wifi-off"),
        t("No network: your badge alone is enough. You confirm later what you record now.")),
      h("p.hint", {}, t("A badge says who you are. It never signs for you."))),
    h("div.pin", {}, pad),
    h("div.actions", {},
      button("call", "bell-ringing", t("CALL"), () => go("signal", { red: false })),
      button("stop", "hand-stop", t("STOP"), () => go("signal", { red: true })),
      button("plain", "list-check", t("Calls and stops here"), () => go("stops"))));
  if (params.badge) take(params.badge);
  return { view, scan: take };
}

/** Lets a badge that cannot be read be typed. */
function typeCode(take) {
  const field = h("input.code", { id: "badge", autocomplete: "off", autocapitalize: "characters", maxLength: 60 });
  const sheet = dialog(t("The code on the badge"), h("form.line", { onsubmit: (event) => {
    event.preventDefault();
    sheet.close();
    if (field.value.trim()) take(field.value.trim());
  } }, h("label.hidden", { htmlFor: "badge" }, t("The code on the badge")), field,
    h("button.btn.primary", { type: "submit" }, icon("check"), h("span", {}, t("Done")))));
  field.focus();
}
