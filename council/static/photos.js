/* Photos of a report: each goes as soon as it is chosen, in pieces. A cut connection costs one piece; the rest follows by itself.
   Without this script the form sends them whole. */
const PIECE = 64_000, PATIENCE = 60_000, SLOWEST = 20_000;
const form = document.querySelector("form[data-sending]");
const input = form?.querySelector("input[type=file]");
const sendings = new Set();
let leaving = false;

class Fault extends Error {}

/* What the server calls the file, so that it knows it again after a break or a reload. */
function named(file) {
  let sum = 0;
  for (const sign of file.name) sum = (sum * 31 + sign.codePointAt(0)) >>> 0;
  return `${file.size}-${file.lastModified}-${sum}`;
}

async function ask(address, options = {}) {
  const late = new AbortController(), clock = setTimeout(() => late.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { ...options, signal: late.signal });
    if (answer.ok || answer.status === 409) return answer.ok ? await answer.json() : null;
    if (answer.status >= 500) throw new Error(answer.status);
    throw new Fault((await answer.json().catch(() => ({}))).fault ?? "");
  } finally {
    clearTimeout(clock);
  }
}

/* One photo: its picture, a line of words, a bar, and what one can do when it is stuck. */
function card(file) {
  const figure = document.createElement("figure"), picture = new Image(), words = document.createElement("figcaption");
  const bar = Object.assign(document.createElement("progress"), { max: file.size, value: 0 });
  picture.alt = file.name;
  picture.src = URL.createObjectURL(file);
  const buttons = ["again", "without"].map((what) => Object.assign(document.createElement("button"), {
    type: "button", className: "govuk-button govuk-button--secondary", textContent: form.dataset[what], hidden: true }));
  bar.setAttribute("aria-label", file.name);
  figure.append(picture, words, bar, ...buttons);
  form.querySelector("[data-arriving]").append(figure);
  return { figure, words, bar, again: buttons[0], without: buttons[1] };
}

const say = (text) => { form.querySelector("[data-said]").textContent = text; };

/* Until the network is back, the button is pressed, or a while has passed. */
function pause(shown, tries) {
  return new Promise((done) => {
    const go = () => { clearTimeout(clock); removeEventListener("online", go); shown.again.removeEventListener("click", go); done(); };
    const clock = setTimeout(go, Math.min(1000 * 2 ** tries, SLOWEST));
    addEventListener("online", go);
    shown.again.addEventListener("click", go);
  });
}

async function pieces(file, address, shown) {
  let state = await ask(address);
  while (!state.photo) {
    const { received } = state;
    shown.bar.value = received;
    shown.words.textContent = form.dataset.progress.replace("{percent}", `${Math.floor(100 * received / file.size)}%`).replace("{size}", (file.size / 1e6).toFixed(1));
    shown.again.hidden = true;
    const body = file.slice(received, received + PIECE);
    state = await ask(`${address}?from=${received}&of=${file.size}`, { method: "POST", body }) ?? await ask(address);
    if (sendings.has(shown) === false) return null;
  }
  return state;
}

async function send(file) {
  const shown = card(file), address = form.dataset.sending + named(file);
  const end = () => { sendings.delete(shown); shown.figure.remove(); forward(); };
  sendings.add(shown);
  shown.without.hidden = false;
  shown.without.addEventListener("click", end);
  for (let tries = 0; sendings.has(shown); tries++) {
    try {
      const state = await pieces(file, address, shown);
      if (state) { await kept(state.room); say(form.dataset.arrived); end(); }
      return;
    } catch (fault) {
      if (fault instanceof Fault) { refused(shown, fault.message); return; }
      shown.words.textContent = form.dataset.cut;
      say(form.dataset.cut);
      shown.again.hidden = false;
      await pause(shown, tries);
    }
  }
}

/* The server does not take this one: it says why, and one goes on without. */
function refused(shown, words) {
  shown.words.textContent = words || form.dataset.cut;
  shown.words.classList.add("govuk-error-message");
  shown.bar.remove();
  shown.again.hidden = true;
  say(words);
}

/* The list of photos as the server has it; no more are offered than fit. */
async function kept(room) {
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  document.getElementById("kept").replaceChildren(...page.getElementById("kept").childNodes);
  const choosing = form.querySelector("[data-choosing]");
  for (const part of ["label", ".govuk-hint"]) {
    const fresh = page.querySelector(`[data-choosing] ${part}`);
    if (fresh) choosing.querySelector(part).textContent = fresh.textContent;
  }
  choosing.hidden = room === 0;
  input.multiple = room > 1;
  form.querySelector("[data-bare]")?.remove();
}

function forward() {
  if (leaving && sendings.size === 0) form.submit();
}

input?.addEventListener("change", () => {
  const chosen = [...input.files];
  input.value = "";
  chosen.forEach(send);
});
form?.addEventListener("submit", (event) => {
  leaving = true;
  if (sendings.size === 0) return;
  event.preventDefault();
  say(form.dataset.waiting);
  form.querySelector("[data-said]").classList.remove("govuk-visually-hidden");
});
