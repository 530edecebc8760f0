// Enrols this tablet by the code on the leader's screen.

import { openCamera } from "../scan.js";
import { enrol, state } from "../state.js";
import { button, h, icon, toast } from "../ui.js";
import { t } from "../words.js";

export function enrolScreen({ go, params }) {
  const field = h("input.code", { id: "code", autocomplete: "off", autocapitalize: "characters", maxLength: 80 });
  const take = async (scanned) => {
    const code = scanned.includes("#") ? scanned.slice(scanned.indexOf("#") + 1) : scanned;
    try {
      await enrol(code.trim());
      history.replaceState(null, "", "/station");
      toast("good", t("This tablet is enrolled."), state.device.name);
      go("home");
    } catch (error) {
      toast("bad", t("Not enrolled."), error.status ? error.message : t("The server does not answer."));
    }
  };
  if (location.hash.length > 4) {
    const code = location.hash.slice(1);
    history.replaceState(null, "", "/station/enrol");
    take(code);
  }
  const view = h("section.narrow", {},
    h("h1", {}, icon("device-tablet"), params.revoked ? t("This tablet was revoked") : t("This tablet is not enrolled")),
    h("p.lead", {}, t("A team leader opens “Tablets” on a desk, chooses “Enrol”, and shows this tablet the code.")),
    button("primary", "qrcode", t("Scan the code"), () => openCamera()),
    h("form.line", { onsubmit: (event) => { event.preventDefault(); take(field.value); } },
      h("label", { htmlFor: "code" }, t("Or type the code")), field,
      h("button.btn.plain", { type: "submit" }, icon("check"), h("span", {}, t("Enrol")))),
    state.standing.waiting ? h("p.banner.warn", {}, icon("hourglass"),
      t("{n} records wait here. They are sent when the tablet is enrolled again.", { n: state.standing.waiting })) : null,
    state.standing.waiting ? button("plain", "qrcode", t("What waits on this tablet"), () => go("waiting")) : null);
  return { view, scan: take };
}
