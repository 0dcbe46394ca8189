/* Nothing here is needed to use a page: it only makes waiting, photos and drawing kinder. */
import { initAll } from "./vendor/govuk-frontend-6.6.0/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

/* The connection strip: shown when a live stream or the network is lost, gone when it is back. */
const cut = document.getElementById("cut");
let lost;
const broken = () => { lost ??= setTimeout(() => { cut.hidden = false; }, 4000); };
const whole = () => { clearTimeout(lost); lost = undefined; cut.hidden = true; };
for (const name of ["htmx:sse:error", "htmx:sse:close", "htmx:error"]) document.addEventListener(name, broken);
for (const name of ["htmx:sse:after:connection", "htmx:after:request"]) document.addEventListener(name, whole);
addEventListener("offline", () => { cut.hidden = false; });
/* On a page with a live stream it is whole only once that is open again. */
addEventListener("online", () => { if (!document.querySelector("#live[data-stream]")) whole(); });

/* Nothing is sent into a dead line: the page with all that was typed stays, and the strip says so. A device that thinks itself offline may
   still reach a server on the same desk: it is asked before anything is held back. */
const broke = cut.textContent;
let reached;
addEventListener("submit", (event) => {
  const form = event.target, by = event.submitter;
  if (navigator.onLine || reached === form) { reached = undefined; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  fetch("/health", { cache: "no-store" }).then(() => { reached = form; form.requestSubmit(by); }, () => {
    cut.textContent = cut.dataset.unsent;
    cut.hidden = false;
  });
}, true);
addEventListener("online", () => { cut.textContent = broke; });

/* A hand that trembles presses twice: what follows the first press within a second is that same press. */
const pressed = new WeakMap();
addEventListener("submit", (event) => {
  const form = event.target, before = pressed.get(form);
  if (form.method !== "post") return;
  if (event.timeStamp - before < 1000) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  pressed.set(form, event.timeStamp);
}, true);

/* A secret paper: the form is equally long on its way, whatever stands on it. */
addEventListener("submit", ({ target }) => {
  const even = target.querySelector("input[data-even]");
  if (!even) return;
  even.value = "";
  even.value = "0".repeat(Math.max(0, even.dataset.even - new URLSearchParams(new FormData(target)).toString().length));
}, true);

/* Photos: show what was chosen and how large it is. */
function preview(box) {
  const place = box.querySelector("[data-previews]");
  box.querySelector("input[type=file]").addEventListener("change", (event) => {
    place.replaceChildren(...[...event.target.files].map((file) => {
      const figure = document.createElement("figure"), picture = new Image(), words = document.createElement("figcaption");
      picture.alt = file.name;
      picture.src = URL.createObjectURL(file);
      words.textContent = box.dataset.size.replace("{size}", (file.size / 1e6).toFixed(1));
      figure.append(picture, words);
      return figure;
    }));
  });
}

/* Drawing a name: the strokes survive turning the phone, and travel as JSON in the hidden field. */
async function drawing(box) {
  await new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: box.dataset.pad, onload: done, onerror: failed });
    document.head.append(script);
  });
  const canvas = box.querySelector("canvas"), field = box.querySelector("input[type=hidden]");
  box.querySelector(".pad__board").hidden = false;
  const pad = new window.SignaturePad(canvas, { minWidth: 1, maxWidth: 3.2, penColor: "#111" });
  const keep = () => {
    field.value = pad.isEmpty() ? "" : JSON.stringify(pad.toData().map((stroke) => stroke.points.map((p) => [Math.round(p.x * 10) / 10, Math.round(p.y * 10) / 10])));
  };
  const fit = () => {
    const strokes = pad.toData(), ratio = Math.max(devicePixelRatio || 1, 1);
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(strokes);
    keep(); // a stroke the turn cut short ends here without saying so
  };
  if (field.value) pad.fromData(JSON.parse(field.value).map((points) => ({ minWidth: 1, maxWidth: 3.2, penColor: "#111", points: points.map(([x, y]) => ({ x, y, pressure: 0.5, time: 0 })) })));
  pad.addEventListener("endStroke", keep);
  box.querySelector("[data-pad-clear]").addEventListener("click", () => { pad.clear(); keep(); });
  box.querySelector("[data-pad-undo]").addEventListener("click", () => { pad.fromData(pad.toData().slice(0, -1)); keep(); });
  new ResizeObserver(fit).observe(canvas);
}

function furnish(root) {
  root.querySelectorAll("[data-photo]:not([data-ready])").forEach((box) => { box.dataset.ready = ""; preview(box); });
  root.querySelectorAll("[data-pad]:not([data-ready])").forEach((box) => { box.dataset.ready = ""; drawing(box); });
  root.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
}

furnish(document);
document.addEventListener("htmx:after:swap", (event) => furnish(event.target.closest?.("body") ? event.target : document));
