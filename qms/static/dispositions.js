/* On the page of a decision: shows the fields that the chosen disposition brings, and what is left to decide. */
"use strict";
for (const form of document.querySelectorAll("[data-decide]")) {
  const told = form.querySelector("[data-left]");
  const sum = told.querySelector("[data-sum]");
  // A line counts once its disposition is chosen: until then nothing is decided by it.
  const quantities = () => [...form.querySelectorAll("[data-line]")].map((line) =>
    (line.querySelector("[name$='-code']").value === "" ? 0 : Number(line.querySelector("[name$='-quantity']").value) || 0));
  const total = (pieces) => pieces.reduce((all, one) => all + one, 0);
  const held = Number(told.dataset.left) + total(quantities());
  const count = () => {
    const left = held - total(quantities());
    told.dataset.left = String(left);
    sum.textContent = left.toLocaleString(document.documentElement.lang);
  };
  const show = (line) => {
    const code = line.querySelector("[name$='-code']").value;
    for (const field of line.querySelectorAll("[data-codes]")) {
      const codes = field.dataset.codes.split(" ");
      const wrong = field.querySelector("[aria-invalid]") !== null;
      field.hidden = !wrong && (code === "" || (field.dataset.codes !== "" && !codes.includes(code)));
    }
  };
  form.addEventListener("input", count);
  form.addEventListener("change", count);
  for (const line of form.querySelectorAll("[data-line]")) {
    line.querySelector("[name$='-code']").addEventListener("change", () => show(line));
    show(line);
  }
}
