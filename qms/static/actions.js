// Knows one comfort of the list editors: Alt with an arrow moves the row that is being typed in. Without it the buttons do.

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const direction = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const row = event.target instanceof Element && event.target.closest("form[data-movable]");
  if (!direction || !row) return;
  event.preventDefault();
  row.requestSubmit(row.querySelector(`[data-move="${direction}"]`));
});

// The cursor stands behind what is there already, so that one can go on typing.
const here = document.activeElement;
if (here instanceof HTMLInputElement && here.type === "text") here.setSelectionRange(here.value.length, here.value.length);
