// Taps through the station as a worker would, by its own buttons, and says aloud what the screen showed as saved.
async ({ first, count, doubleTap }) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const until = async (find, ms = 15000) => {
    for (const end = performance.now() + ms; performance.now() < end; await pause(15)) {
      const found = find();
      if (found) return found;
    }
    throw new Error("the screen did not come");
  };
  const scan = (code) => {
    for (const key of [...code, "Enter"]) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };
  let shown = 0;
  for (let n = first; n < first + count; n += 1) {
    delete document.body.dataset.saved;
    delete document.body.dataset.notSaved;
    (await until(() => document.querySelector(".home .btn.reject"))).click();
    await until(() => document.querySelector(".screen-reject .tile"));
    scan(`CAPTURE-${n}`);
    await until(() => document.querySelector(".lot span")?.textContent === `CAPTURE-${n}`);
    document.querySelectorAll(".tile")[n % document.querySelectorAll(".tile").length].click();
    const send = await until(() => document.querySelector(".how-many > .btn.reject:not(:disabled)"));
    send.click();
    if (doubleTap && n % 3 === 0) send.click();
    await until(() => document.body.dataset.saved || document.body.dataset.notSaved);
    if (document.body.dataset.saved) {
      console.log(`SHOWN CAPTURE-${n} ${document.body.dataset.saved}`);
      shown += 1;
    } else {
      console.log(`NOT-SAVED CAPTURE-${n} ${document.body.dataset.notSaved}`);
    }
  }
  return shown;
}
