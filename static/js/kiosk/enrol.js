// Making this tablet one of ours: eight letters that an organiser or a lead reads out. Typed inside the
// installed app, since on an iPad what a browser's tab knows does not reach the app on the home screen.

import { busy, button, make, turnTo, write } from "./nodes.js";
import { platform, standalone } from "./preflight.js";
import { t } from "./words.js";

const LETTERS = 8;
const KNOWN = ["wrong_code", "code_expired", "too_many_tries"];

/** Undo what people do to a code: capitals, full-width letters, spaces, hyphens. */
export const asCode = (typed) => typed.normalize("NFKC").toLowerCase().replace(/[^0-9a-z]/g, "");

const grouped = (code) => [code.slice(0, 4), code.slice(4)].filter(Boolean).join("-");

/** The code in the address, if a QR code led here; the address forgets it at once. */
export function codeFromAddress() {
  const found = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return asCode(found).slice(0, LETTERS);
}

/** Exchange a code for a token; gives what the server said, or `{ error }`. */
export async function exchange(code, { install, shell, lost }) {
  const body = JSON.stringify({ protocol: 1, code: grouped(code), install, shell, lost });
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/api/v1/kiosk/enrol", { method: "POST", headers, body, credentials: "omit", cache: "no-store" });
    const said = await answer.json();
    if (said.protocol !== 1) return { error: "no_network" };
    if (answer.ok && said.token) return said;
    return { error: KNOWN.includes(said.error) ? said.error : "not_now" };
  } catch {
    return { error: "no_network" }; // a hotel's login page is no answer of ours
  }
}

/** Ask for the code. `enrolled(said)` takes the token; `tongues` are what the page may speak. */
export function mountEnrol(root, { code = "", before, enrolled, tongues, speak, back }) {
  const field = make("input", {
    id: "enrol-code", class: "code", type: "text", value: grouped(code), maxlength: "12", inputmode: "text",
    autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false", "aria-describedby": "enrol-hint enrol-error",
  });
  const error = make("p", { id: "enrol-error", class: "error", role: "alert" });
  const go = make("button", { class: "button primary" }, t("enrol.go"));
  const form = make(
    "form",
    { novalidate: true, onsubmit: (event) => (event.preventDefault(), busy(go, send)) },
    make("label", { for: "enrol-code" }, t("enrol.code")),
    make("p", { id: "enrol-hint", class: "hint" }, t("enrol.hint")),
    error,
    field,
    make("p", { class: "actions" }, go, back ? button(t("table.back"), back, "quiet") : null),
  );
  const home = standalone() ? null : make("section", {}, make("h2", {}, t("enrol.install")), make("p", {}, t(`check.installed_${platform()}`)));
  const page = make(
    "div",
    { class: "table enrol" },
    make("h1", {}, t("enrol.title")),
    make("p", { class: "lead" }, t("enrol.why")),
    // On an iPad the app is another place than the tab: first there, then the code.
    ...(platform() === "apple" ? [home, form] : [form, home]),
    make("nav", { class: "tongues", "aria-label": t("table.language") }, ...tongues.map(([tongue, name]) => tongueButton(tongue, name, speak))),
  );

  function fail(code) {
    write(error, t(`enrol.${code}`));
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
  async function send() {
    const typed = asCode(field.value);
    if (typed.length !== LETTERS) return fail("short");
    const said = await exchange(typed, await before());
    if (said.error) return fail(said.error);
    await enrolled(said).catch(() => fail("not_kept"));
  }
  turnTo(root, page);
  if (code.length === LETTERS) go.focus();
}

const tongueButton = (tongue, name, speak) => {
  const pressed = button(name, () => speak(tongue), "quiet");
  pressed.lang = tongue;
  return pressed;
};
