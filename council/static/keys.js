// A signing key that is born in this browser and never leaves it: not extractable, kept in IndexedDB under its public half.
const algorithm = { name: "ECDSA", namedCurve: "P-256" }, how = { name: "ECDSA", hash: "SHA-256" };
const base64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytes = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0));

const opened = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("council-keys", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const within = async (mode, act) => {
  const base = await opened();
  return new Promise((resolve, reject) => {
    const work = base.transaction("keys", mode), asked = act(work.objectStore("keys"));
    work.oncomplete = () => { base.close(); resolve(asked.result); };
    work.onabort = work.onerror = () => { base.close(); reject(work.error); };
  });
};

// Whether this browser can keep a key at all: private windows may refuse the database.
const able = async () => {
  try { return window.isSecureContext && Boolean(crypto.subtle) && Boolean(await opened()); } catch { return false; }
};

const make = async form => {
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign"]);
  const name = base64(await crypto.subtle.exportKey("spki", pair.publicKey));
  await within("readwrite", keys => keys.put(pair.privateKey, name));
  const number = form.closest("[data-browser-key]").dataset.browserKey;
  const said = new TextEncoder().encode(`council-key:${number}:${name}`);
  form.elements.public.value = name;
  form.elements.proof.value = base64(await crypto.subtle.sign(how, pair.privateKey, said));
  form.submit();
};

const sign = async (form, key) => {
  form.elements.value.value = base64(await crypto.subtle.sign(how, key, bytes(form.dataset.sign)));
  form.submit();
};

const offer = document.querySelector("[data-browser-key]");
if (offer) {
  const can = await able();
  offer.hidden = !can;
  document.querySelector("[data-other-way]").hidden = !can;
  document.querySelector("[data-no-browser-key]").hidden = can;
  offer.querySelector("form").addEventListener("submit", event => { event.preventDefault(); make(event.target); });
}

const form = document.querySelector("form[data-sign]");
if (form && await able()) {
  const key = await within("readonly", keys => keys.get(form.dataset.key));
  form.querySelector("[data-key-missing]").hidden = Boolean(key);
  form.querySelector("[data-key-found]").hidden = !key;
  if (key) form.addEventListener("submit", event => { event.preventDefault(); sign(form, key); });
}
