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

/* After a break the personal parts are asked for again: what was said to be stale just before the cut may never have been fetched. */
let connections = 0;
live?.addEventListener("htmx:sse:after:connection", () => {
  connections += 1;
  if (connections > 1) for (const part of ["mine", "ballot", "proposals", "desk"]) window.htmx.trigger(live, part);
});

/* Awake again: the phone was unlocked, the page came back from the background or the network is there. Whatever connection there seemed to be
   is given up, and the next one is opened at once instead of after the usual pause. */
let beat = Date.now(), woken = 0;
function wake(surely) {
  const stream = live?._htmx?.sse;
  if (!stream || document.hidden || Date.now() - woken < 1000) return;
  woken = Date.now();
  if (surely) stream.reader?.cancel().catch(() => undefined);
  for (const wait of [0, 50, 150, 400]) setTimeout(() => live._htmx?.sse?.delayCanceller?.(), wait);
}
addEventListener("pageshow", (event) => wake(event.persisted));
addEventListener("online", () => wake(true));
document.addEventListener("visibilitychange", () => wake(false));
setInterval(() => {
  const slept = Date.now() - beat > 5000; /* nothing ran for so long: the phone was locked, whether or not it told us */
  beat = Date.now();
  if (slept) wake(true);
}, 1000);

/* Whoever opened something goes on in it, and a button that stays on the page stays the same button: a form or a link is never turned into
   another one under a finger. */
const same = (one) => one.matches("form") ? [one, ...one.querySelectorAll("[type=hidden]")].map((e) => e.getAttribute("action") ?? e.name + e.value).join()
  : one.matches("a") ? one.getAttribute("href") : one.matches("details") ? one.querySelector("summary")?.textContent : "";
window.htmx?.registerExtension("same", {
  init: (api) => {
    const alike = api.isSoftMatch;
    api.isSoftMatch = (old, fresh) => alike(old, fresh) && (old.id !== "" || same(old) === same(fresh));
  },
  htmx_before_morph_attr: (one, { attrName }) => attrName !== "open" || !one.matches("details"),
});

/* Nothing moves while a finger or the mouse is down: what happens in the room meanwhile is drawn when it lets go. */
let held, release, letting;
function letGo(wait) {
  clearTimeout(letting);
  letting = setTimeout(() => { release?.(); held = release = undefined; }, wait);
}
addEventListener("pointerdown", () => {
  held ??= new Promise((done) => { release = done; });
  letGo(1500); /* whatever becomes of the finger */
}, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => letGo(50), true); /* the click comes first */
document.addEventListener("htmx:sse:before:message", (event) => { if (held) event.detail.waitUntil(held); });
document.addEventListener("htmx:before:swap", (event) => {
  const part = event.target.id;
  if (!held || !["mine", "ballot", "proposals", "desk"].includes(part)) return;
  event.preventDefault();
  held.then(() => window.htmx.trigger(live, part));
});

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

/* The wall shows all of it at once: as large as it fits. */
const wall = document.querySelector(".wall");
function fit() {
  delete wall.dataset.dense;
  for (const step of ["1", "2", "3", "4"]) if (document.scrollingElement.scrollHeight > innerHeight) wall.dataset.dense = step;
}
if (wall) {
  for (const name of ["resize", "load", "htmx:after:swap"]) addEventListener(name, fit);
  document.fonts?.ready.then(fit);
  fit();
}

/* The wall fills the whole screen at a tap: only then do browsers allow it. */
const whole = document.querySelector("[data-whole]");
if (whole && document.fullscreenEnabled) {
  whole.hidden = false;
  document.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => { whole.hidden = Boolean(document.fullscreenElement); });
}

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
  let pressed = "", at = 0;
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
    if (pressed === event.key && Date.now() - at < 1500) return; /* a key struck twice is one act */
    pressed = event.key;
    at = Date.now();
    if (wanted.tagName === "FORM") wanted.requestSubmit(); else wanted.click();
  });
}
