/* The running meeting: the chair's keys, the clock of a speech, and what a screen reader is told. Nothing here is needed to take part. */
const live = document.getElementById("live");
const ahead = live?.dataset.at ? Date.now() - Number(live.dataset.at) * 1000 : 0; /* a wrong clock of this device */

/* htmx may look over the page before its stream extension has arrived: the stream is opened once both are there. The extension opens it anew
   after a break, but gives up where the very first opening fails, as on a phone that walks into a lift: then we ask again until it is open. */
if (live?.dataset.stream) {
  let open = false;
  live.addEventListener("htmx:sse:after:connection", () => { open = true; });
  const ask = () => { if (!open) window.htmx.ajax("GET", live.dataset.stream, { source: live }).catch(() => undefined); };
  setTimeout(() => {
    live.setAttribute("hx-sse:connect", live.dataset.stream);
    window.htmx.process(live);
    live.addEventListener("htmx:error", () => setTimeout(ask, 2000));
  });
}

/* Taken off the roll: say so, and offer nothing that would be refused. */
live?.addEventListener("left", () => {
  document.getElementById("left")?.removeAttribute("hidden");
  for (const part of document.querySelectorAll("#mine, #ballot, #proposals")) part.hidden = true;
});

/* The clock counts down to the end of the usual time, then up behind a plus. */
function tick() {
  for (const box of document.querySelectorAll("[data-until]")) {
    const seconds = Math.ceil(Number(box.dataset.until) - (Date.now() - ahead) / 1000), place = box.querySelector("[data-left]");
    box.hidden = seconds <= 0;
    if (place && place.textContent !== String(seconds)) place.textContent = seconds;
  }
  for (const clock of document.querySelectorAll("[data-since]")) {
    const spoken = (Date.now() - ahead) / 1000 - Number(clock.dataset.since), limit = Number(clock.dataset.limit);
    const left = Math.round(limit ? limit - spoken : spoken);
    const seconds = Math.abs(left), text = `${left < 0 ? "+" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    clock.classList.toggle("over", left < 0);
    if (clock.textContent !== text) clock.textContent = text;
  }
}
setInterval(tick, 500);
tick();

/* One quiet region says what is going on, at most every ten seconds. */
for (const region of document.querySelectorAll("[data-says]")) {
  let said = document.querySelector(region.dataset.says)?.innerText;
  setInterval(() => {
    const now = document.querySelector(region.dataset.says)?.innerText;
    if (now && now !== said) region.textContent = said = now;
  }, 10_000);
}

/* Keys of the desk: only while no control has the focus, and only if they are not switched off. */
const dialog = document.getElementById("keys");
if (dialog) {
  const on = dialog.querySelector("[data-keys-on]"), button = document.querySelector("[data-keys]");
  const free = () => document.activeElement === document.body || document.activeElement === null || document.activeElement.id === "main";
  on.checked = localStorage.getItem("keys") !== "off";
  on.addEventListener("change", () => localStorage.setItem("keys", on.checked ? "on" : "off"));
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || dialog.open || !free()) return;
    if (event.key === "?") { dialog.showModal(); return; }
    const wanted = on.checked && document.querySelector(`#desk [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.tagName === "FORM") wanted.requestSubmit(); else wanted.click();
  });
}
