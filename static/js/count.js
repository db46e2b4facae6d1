// The counting sheet on a phone without network: what was typed stays on the phone until it is handed in.
// Without JavaScript the sheet works as it is.

const form = document.querySelector("form[data-draft]");
const done = document.querySelector("[data-done]");
const PATIENCE = 8000; // milliseconds for a server that may be far away

function fields() {
  return [...form.querySelectorAll("input:not([type=hidden])")];
}

function keep() {
  const typed = fields().filter((one) => one.value).map((one) => [one.name, one.value]);
  sessionStorage.setItem(form.dataset.draft, JSON.stringify(Object.fromEntries(typed)));
}

function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(form.dataset.draft) ?? "{}");
  if (fields().some((one) => one.value) || !Object.keys(kept).length) return;
  for (const one of fields()) {
    one.value = kept[one.name] ?? "";
    if (one.value) one.closest("details")?.setAttribute("open", "");
  }
  form.querySelector("[data-back]").hidden = false;
}

async function isThere() {
  if (!navigator.onLine) return false;
  const asked = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  return fetch(location.href, asked).then(() => true, () => false);
}

async function send(event) {
  if (form.dataset.sure) return;
  event.preventDefault();
  if (form.dataset.asking) return;
  form.dataset.asking = "yes";
  keep();
  const there = await isThere();
  delete form.dataset.asking;
  const notice = form.querySelector("[data-offline]");
  notice.hidden = there;
  if (!there) return void notice.focus();
  form.dataset.sure = "yes";
  form.requestSubmit(event.submitter);
}

if (form) {
  bringBack();
  form.addEventListener("input", keep);
  form.addEventListener("submit", send);
  addEventListener("pageshow", () => { delete form.dataset.sure; bringBack(); });
}
if (done) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(done.dataset.done)) sessionStorage.removeItem(key);
}
