// Keeps the stall's four digits right while the lead looks at them. A reload does the same.

const area = document.querySelector("[data-digits]");
const [now, left, stale] = ["now", "left", "stale"].map((name) => area?.querySelector(`[data-${name}]`));
let until = 0;

function tell() {
  const seconds = Math.max(0, Math.round((until - performance.now()) / 1000));
  const shown = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  left.textContent = left.dataset.text.replace("{left}", shown);
  if (seconds) return setTimeout(tell, 1000);
  renew();
}

async function renew() {
  if (document.hidden) return; // visibilitychange begins again
  try {
    const answer = await fetch(area.dataset.digits, { redirect: "error", cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const { digits, seconds } = await answer.json();
    if (!digits) return area.remove(); // the stall is over
    [now.textContent, stale.hidden, until] = [digits, true, performance.now() + seconds * 1000];
    tell();
  } catch {
    stale.hidden = false;
    setTimeout(renew, 5000 + Math.random() * 5000);
  }
}

if (area) {
  until = performance.now() + left.dataset.seconds * 1000;
  tell();
  document.addEventListener("visibilitychange", () => !document.hidden && performance.now() > until && renew());
}
