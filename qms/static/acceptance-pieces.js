// Knows the form by which first pieces and patrols are judged: as many boxes as pieces, and at once what lies outside its
// limits. The server decides; without this the form works.

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const checks = [...document.querySelectorAll("[data-piece-check]")];
const count = document.querySelector("[name=pieces]");

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

function told(check, verdicts) {
  const of = (kind) => verdicts.filter((verdict) => verdict === kind).length;
  if (check.dataset.pieceCheck === "attribute") {
    return of("out") ? words.marked.replace("{n}", of("out")) : words.noneMarked;
  }
  if (of("wrong")) return words.notANumber;
  if (of("out")) return words.outside.replace("{n}", of("out"));
  if (of("") === verdicts.length) return "";
  return of("") ? words.missing.replace("{n}", of("")) : words.fine;
}

function show(check) {
  const boxes = [...check.querySelectorAll("[data-piece]")].filter((box) => !box.disabled);
  const verdicts = boxes.map((box) => {
    const verdict = box.type === "checkbox" ? (box.checked ? "out" : "fine") : judged(box.value, check);
    box.classList.toggle("out", verdict === "out" || verdict === "wrong");
    return verdict;
  });
  const bad = verdicts.includes("out") || verdicts.includes("wrong");
  check.classList.toggle("check-out", bad);
  check.classList.toggle("check-fine", !bad && verdicts.length > 0 && !verdicts.includes(""));
  const place = check.querySelector("[data-verdict]");
  place.textContent = told(check, verdicts);
  place.hidden = !place.textContent;
}

function fit() {
  const pieces = Number(count.value) || 0;
  for (const box of document.querySelectorAll("[data-piece]")) box.disabled = Number(box.dataset.piece) > pieces;
  checks.forEach(show);
}

// The defect of the first characteristic that fails is proposed.
function propose() {
  const defect = document.querySelector("[name=defect_id]");
  const failed = checks.find((check) => check.classList.contains("check-out") && check.dataset.defect);
  if (defect && failed && !defect.value) defect.value = failed.dataset.defect;
}

if (count) {
  count.addEventListener("input", fit);
  for (const check of checks) {
    for (const type of ["input", "change"]) {
      check.addEventListener(type, () => {
        show(check);
        propose();
      });
    }
  }
  fit();
}
