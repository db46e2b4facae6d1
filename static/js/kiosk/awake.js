// The screen stays on while somebody may sign, and the pages are renewed while nobody does.

const HOUR = 3_600_000;

/** Keep the screen on; browsers let go of it whenever the page is hidden. */
export function keepAwake() {
  const ask = () => document.hidden || navigator.wakeLock?.request("screen").catch(() => undefined);
  document.addEventListener("visibilitychange", ask);
  ask();
}

/**
 * Install the service worker, and let a new version in when `quiet()` says that nobody is signing
 * and nothing is on its way to the disk; then the page opens anew. Gives how to look again.
 */
export async function keepShell({ quiet, reload = () => location.reload() }) {
  if (!navigator.serviceWorker) return () => undefined;
  const had = Boolean(navigator.serviceWorker.controller);
  const options = { scope: "/kiosk/", updateViaCache: "none" };
  const shell = await navigator.serviceWorker.register("/kiosk/sw.js", options).catch(() => null);
  let asked = false;
  // The first worker takes over a page that already is of its version.
  navigator.serviceWorker.addEventListener("controllerchange", () => (had || asked) && reload());
  if (shell) setInterval(() => navigator.onLine && shell.update().catch(() => undefined), HOUR);
  return function look() {
    if (!shell?.waiting || !quiet()) return;
    asked = true;
    shell.waiting.postMessage("SKIP_WAITING");
  };
}
