// Knows the acceptance form: shows at once what lies outside its limits. The server decides; without this the form works.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const checks = [...document.querySelectorAll("[data-check]")];

const plain = (text) => text.normalize("NFKC").trim();
const isNumber = (text) => /^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(text);

// A reading is "", "wrong" (not a number), "out" or "fine". On a limit is good.
function judged(text, check) {
  const typed = plain(text);
  if (!typed) return "";
  if (!isNumber(typed)) return "wrong";
  const value = Number(typed);
  const { lower, upper } = check.dataset;
  return (lower !== undefined && value < Number(lower)) || (upper !== undefined && value > Number(upper)) ? "out" : "fine";
}

function verdicts(check) {
  const count = check.querySelector("[data-nonconforming]");
  if (count) {
    const typed = plain(count.value);
    const verdict = !typed ? "" : !/^\d+$/.test(typed) ? "wrong" : Number(typed) > 0 ? "out" : "fine";
    count.classList.toggle("out", verdict === "out" || verdict === "wrong");
    return [verdict];
  }
  const many = check.querySelector("[data-readings]");
  if (many) {
    const found = many.value.split(/\s+/).filter(Boolean).map((text) => judged(text, check));
    return [...found, ...Array(Math.max(0, Number(many.dataset.readings) - found.length)).fill("")];
  }
  return [...check.querySelectorAll("[data-reading]")].map((box) => {
    const verdict = judged(box.value, check);
    box.classList.toggle("out", verdict === "out" || verdict === "wrong");
    return verdict;
  });
}

function show(check) {
  const found = verdicts(check);
  const [wrong, out, empty] = ["wrong", "out", ""].map((kind) => found.filter((each) => each === kind).length);
  const line = check.querySelector("[data-verdict]");
  check.classList.toggle("check-out", wrong + out > 0);
  check.classList.toggle("check-fine", wrong + out + empty === 0);
  line.hidden = empty === found.length;
  line.textContent = wrong ? words.notANumber
    : out ? (check.dataset.check === "attribute" ? words.faultFound : words.outside.replace("{n}", out))
    : empty ? words.missing.replace("{n}", empty) : check.dataset.check === "attribute" ? words.noFault : words.fine;
  return { done: found.length - empty, all: found.length, out: wrong + out };
}

function showAll() {
  const totals = checks.map(show);
  const sum = (key) => totals.reduce((total, each) => total + each[key], 0);
  const place = document.querySelector("[data-progress]");
  if (place) place.textContent = words.progress.replace("{done}", sum("done")).replace("{all}", sum("all"));
  const faults = document.querySelector("[data-faults]");
  if (faults && sum("out")) faults.open = true;
  nameFaults();
}

// What failed is named in the first rows that nobody has filled in: its defect code, and how many pieces.
function nameFaults() {
  const rows = [...document.querySelectorAll("[data-fault]")].map((row) => ({
    row, defect: row.querySelector("select"), quantity: row.querySelector("input") }));
  const own = rows.filter(({ row, defect, quantity }) => "named" in row.dataset || !(defect.value || quantity.value));
  const typed = rows.filter((row) => !own.includes(row)).map(({ defect }) => defect.value);
  const failed = checks.filter((check) => check.classList.contains("check-out") && check.dataset.defect
    && !typed.includes(check.dataset.defect));
  own.forEach(({ row, defect, quantity }, place) => {
    const check = failed[place];
    const count = check?.querySelector("[data-nonconforming]");
    if (check) row.dataset.named = "";
    else delete row.dataset.named;
    defect.value = check?.dataset.defect ?? "";
    quantity.value = check ? (count ? count.value : verdicts(check).filter((each) => each === "out").length || "") : "";
  });
}

if (checks.length) {
  const form = checks[0].closest("form");
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-fault]");
    if (row) delete row.dataset.named;
    else showAll();
  });

  // A column copied from a sheet fills the boxes from the one it is put into.
  form.addEventListener("paste", (event) => {
    const box = event.target.closest("[data-reading]");
    const texts = event.clipboardData.getData("text").split(/\s+/).filter(Boolean);
    if (!box || texts.length < 2) return;
    event.preventDefault();
    const boxes = [...box.closest("[data-check]").querySelectorAll("[data-reading]")];
    texts.forEach((text, place) => {
      const next = boxes[boxes.indexOf(box) + place];
      if (next) next.value = text;
    });
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Enter goes to the next box: gauges and scanners end a value with it, and a decision is never made by accident.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    const boxes = [...form.querySelectorAll("[data-reading], [data-nonconforming]")];
    boxes[boxes.indexOf(event.target) + 1]?.focus();
  });

  const none = form.querySelector("[data-none-found]");
  const counts = [...form.querySelectorAll("[data-nonconforming]")];
  if (none && counts.length) {
    none.hidden = false;
    none.addEventListener("click", () => {
      for (const count of counts) count.value ||= "0";
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  showAll();
}

// The fields of a characteristic that its kind does not have are put away.
const planned = document.querySelector("[data-characteristic]");
if (planned) {
  const { kind, sampling } = planned.elements;
  const shape = () => {
    for (const part of planned.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").includes(kind.value);
    }
    const place = (name) => planned.elements[name].closest(".field");
    place("lower").hidden = kind.value === "count";
    place("sampling_value").hidden = sampling.value === "all";
    place("confidence_percent").hidden = sampling.value !== "zero_acceptance";
  };
  planned.addEventListener("change", shape);
  shape();
}
