// Keeps the numbers of the first page fresh while somebody looks at it. A reload does the same.

const LOOK = 10000; // milliseconds between looks, and up to half more
const REST = 120000; // after failures

function write(area, { numbers, drawn }) {
  area.querySelectorAll("[data-live]").forEach((it) => {
    const now = numbers[it.dataset.live];
    if (now !== undefined && now !== it.textContent) it.textContent = now;
  });
  area.querySelectorAll("[data-live-drawing]").forEach((it) => {
    const now = drawn[it.dataset.liveDrawing];
    // An opened table stays open, and is not drawn anew under the reader's eyes.
    if (now !== undefined && now !== it.drawn && !it.querySelector("details[open]")) it.innerHTML = it.drawn = now;
  });
}

function follow(area) {
  const stale = area.querySelector("[data-stale]");
  let [wait, timer, version] = [LOOK, 0, ""];
  async function look() {
    if (document.hidden || !navigator.onLine) return; // the events below begin again
    try {
      const headers = version ? { "If-None-Match": version } : {};
      // Signed out: an answer that leads elsewhere is no answer.
      const answer = await fetch(area.dataset.follow, { headers, redirect: "error", cache: "no-store" });
      if (answer.status !== 304 && !answer.ok) throw new Error(answer.statusText);
      if (answer.ok) {
        version = answer.headers.get("ETag") || "";
        write(area, await answer.json());
      }
      [wait, stale.hidden] = [LOOK, true];
    } catch {
      [wait, stale.hidden] = [Math.min(wait * 2, REST), false];
    }
    later();
  }
  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, wait * (1 + Math.random() / 2));
  }
  addEventListener("online", later);
  addEventListener("offline", () => (stale.hidden = false));
  document.addEventListener("visibilitychange", () => document.hidden || look());
  later();
}

document.querySelectorAll("[data-follow]").forEach(follow);
