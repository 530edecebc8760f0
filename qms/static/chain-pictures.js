// Knows the frame drawn on a picture and the zones one points at. Without this the numbers and the text field do the same.

const WHOLE = 1000;
const SMALLEST = 20;
const STEP = 10;
const within = (value, low, high) => Math.min(Math.max(value, low), high);

// One picture with its frame; the four number fields hold what is sent.
function framing(box) {
  const stage = box.querySelector("[data-stage]");
  const frame = box.querySelector("[data-frame]");
  const fields = Object.fromEntries(["x", "y", "width", "height"].map((side) => [side, box.querySelector(`[name=${side}]`)]));
  let drag = null;

  const read = () => Object.fromEntries(Object.entries(fields).map(([side, field]) => [side, Number(field.value) || 0]));
  function draw() {
    const { x, y, width, height } = read();
    Object.assign(frame.style, { left: `${x / 10}%`, top: `${y / 10}%`, width: `${width / 10}%`, height: `${height / 10}%` });
  }
  function place(left, top, right, bottom) {
    const edges = { x: [left, right], y: [top, bottom] };
    for (const [start, side] of [["x", "width"], ["y", "height"]]) {
      const [first, last] = edges[start].map((edge) => within(Math.round(edge), 0, WHOLE)).sort((a, b) => a - b);
      fields[start].value = Math.min(first, WHOLE - SMALLEST);
      fields[side].value = Math.max(last - first, SMALLEST);
    }
    fields.x.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }
  function moveTo(at, dx, dy) {
    const x = within(at.x + dx, 0, WHOLE - at.width);
    const y = within(at.y + dy, 0, WHOLE - at.height);
    place(x, y, x + at.width, y + at.height);
  }
  function spot(event) {
    const area = stage.getBoundingClientRect();
    return [((event.clientX - area.left) / area.width) * WHOLE, ((event.clientY - area.top) / area.height) * WHOLE];
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    const at = read();
    const [px, py] = spot(event);
    const grip = event.target.closest("[data-grip]")?.dataset.grip;
    if (grip) {
      const fixed = [grip.includes("w") ? at.x + at.width : at.x, grip.includes("n") ? at.y + at.height : at.y];
      drag = (x, y) => place(fixed[0], fixed[1], x, y);
    } else if (event.target.closest("[data-frame]") && at.width < WHOLE) {
      drag = (x, y) => moveTo(at, x - px, y - py);
    } else {
      drag = (x, y) => place(px, py, x, y);
    }
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    frame.focus({ preventScroll: true });
  });
  stage.addEventListener("pointermove", (event) => drag?.(...spot(event)));
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { drag = null; });

  frame.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!way) return;
    event.preventDefault();
    const at = read();
    if (!event.shiftKey) {
      moveTo(at, ...way);
      return;
    }
    place(at.x, at.y, within(at.x + at.width + way[0], at.x + SMALLEST, WHOLE), within(at.y + at.height + way[1], at.y + SMALLEST, WHOLE));
  });
  for (const field of Object.values(fields)) field.addEventListener("input", draw);
  draw();
  return stage;
}

for (const box of document.querySelectorAll("[data-framing]")) {
  const stage = framing(box);
  if (!stage.dataset.from) {
    stage.hidden = false;
    continue;
  }
  const chosen = document.querySelector(`[name=${stage.dataset.from}]`);
  const image = stage.querySelector("img");
  const show = () => {
    const [file] = chosen.files;
    if (image.src) URL.revokeObjectURL(image.src);
    image.removeAttribute("src");
    stage.hidden = true;
    if (file) image.src = URL.createObjectURL(file);
  };
  image.addEventListener("load", () => { stage.hidden = false; });
  chosen.addEventListener("change", show);
  show();
}

// A zone of the item: its button or its place on the picture fills the text field; the field still takes anything.
function choose(figure, id) {
  for (const button of figure.querySelectorAll("button[data-zone]")) {
    const isChosen = button.dataset.zone === id;
    button.setAttribute("aria-pressed", String(isChosen));
    if (isChosen) {
      const field = document.querySelector("[name=zone]");
      field.value = button.dataset.text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  for (const zone of figure.querySelectorAll("g[data-zone]")) zone.classList.toggle("chosen", zone.dataset.zone === id);
}
document.addEventListener("click", (event) => {
  const zone = event.target instanceof Element && event.target.closest("[data-pick-zone] [data-zone]");
  if (zone) choose(zone.closest("[data-pick-zone]"), zone.dataset.zone);
});
