// The start of the tablet's page. (The screens take their places here.)

import { openOutbox } from "./outbox.js";
import { readWords, speak, wished } from "./words.js";

await readWords();
speak(wished());
await openOutbox();
await navigator.serviceWorker?.register("/kiosk/sw.js", { scope: "/kiosk/", updateViaCache: "none" });
