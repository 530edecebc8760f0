// Knows small comforts of every page, found by data attributes; everything here can be missing and the page still works.

const on = (type, selector, act) => document.addEventListener(type, (event) => {
  const element = event.target instanceof Element && event.target.closest(selector);
  if (element) act(element, event);
});

function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}

// Light or dark: a cookie, so that the server draws the first paint right.
on("click", "[data-theme-switch]", () => {
  const root = document.documentElement;
  const dark = root.dataset.bsTheme
    ? root.dataset.bsTheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.bsTheme}; path=/; max-age=31536000; SameSite=Lax`;
  document.dispatchEvent(new CustomEvent("themechange"));
});

on("click", "[data-print]", () => window.print());
on("click", "[data-back]", () => (history.length > 1 ? history.back() : location.assign("/")));
on("click", "[data-keys]", () => document.getElementById("keys")?.showModal());
on("click", "[data-copy]", async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy || location.href.split("#")[0]);
  announce(button.dataset.copied);
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});

// A long menu shows where the reader is.
document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest" });

// Menus close when the work goes on elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Keyboard: never while typing, never with a modifier.
const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const acts = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
    n: () => document.querySelector("a[rel=next]")?.click(),
    p: () => document.querySelector("a[rel=prev]")?.click(),
  };
  if (acts[event.key]) {
    acts[event.key]();
    event.preventDefault();
  }
});

// Registers filter as soon as a choice is made; text waits for Enter.
on("change", "form[data-submit-on-change] select, form[data-submit-on-change] [type=checkbox]", (field) => {
  field.form.requestSubmit();
});
on("submit", "form[method=get]", (form) => {
  for (const field of form.elements) {
    if (field.name && field.value === "" && !field.disabled) {
      field.disabled = true;
      setTimeout(() => { field.disabled = false; });
    }
  }
});

// A changed form asks before it is left; a sent one is not sent twice. The server's words, not the browser's, say what is wrong.
const changed = new Set();
const sent = new Set();
function release(form) {
  sent.delete(form);
  for (const button of form.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
}
for (const form of document.querySelectorAll("form[method=post]")) form.noValidate = true;
on("input", "form[method=post]:not([data-free])", (form) => changed.add(form));
on("submit", "form[method=post]", (form, event) => {
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  changed.delete(form);
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 8000);
});
addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
addEventListener("pageshow", () => sent.forEach(release));

// What went wrong is the first thing a keyboard or a screen reader meets.
document.getElementById("problems")?.focus();
