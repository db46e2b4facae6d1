// The signer's screen: attract → form → (more) → thanks → pass the tablet → attract. All that a
// person gives lives in one session object and in the page, and both end together. Nothing here
// stores, logs, navigates, or writes history; whether a mailbox signed here before is not even kept
// in memory, since telling it would tell one stranger about another (the server tells the mailbox).

import { attractPage, closedPage, morePage } from "./attract.js";
import { watchOver } from "./countdown.js";
import { formPage } from "./form.js";
import { button, make } from "./nodes.js";
import { isIn, languagesOf, petitionsOf, stationLanguage } from "./offer.js";
import { newReceipt } from "./receipt.js";
import { stripOf } from "./strip.js";
import { passPage, thanksPage } from "./thanks.js";
import { speak, t } from "./words.js";

const THANKS = 20_000; // milliseconds that receipts stay
const PASS = 8_000;
const FRESH = 5_000; // how often the strip is asked for anew
const NOT_OUT_OF_HERE = ["copy", "cut", "dragstart", "contextmenu", "drop"];

/**
 * Show the signer's screen in a root. The kit: pack(), now(), hour(), save(payload) → Promise<{id,
 * seq}>, strip() → {today, safe, held, colour}, openTable(), training. Gives idle(), refresh(), stop().
 */
export function mountSigner(root, kit) {
  const screen = new Screen(root, kit);
  return { idle: () => screen.idle(), refresh: () => screen.refresh(), stop: () => screen.stop() };
}

class Screen {
  #root;
  #kit;
  #pack;
  #petitions = [];
  #name = "";
  #language = "";
  #chosen = null;
  #session = null;
  #form = null;
  #strip = null;
  #since = 0;
  #asked = 0;
  #left = null;
  #watch;

  constructor(root, kit) {
    [this.#root, this.#kit] = [root, kit];
    root.classList.add("signing");
    root.translate = false; // no page of a signer goes to a browser maker's translators
    root.addEventListener("click", onlyOnce, true);
    NOT_OUT_OF_HERE.forEach((it) => root.addEventListener(it, refuse));
    this.#watch = watchOver(root, {
      holds: () => this.#session !== null,
      asks: () => this.#name === "form" || this.#name === "more",
      reads: () => root.querySelector("details.text[open], details.privacy[open]") !== null,
      wipe: () => this.#begin(),
      rest: () => this.#begin(),
      tick: () => this.#tick(),
    });
    this.#begin();
  }

  /** Tell whether nobody is signing. */
  idle() {
    return this.#session === null;
  }

  /** Take what the kit says now: numbers at once, a new pack only between two people. */
  refresh() {
    if (this.idle() && this.#name !== "pass" && this.#hasNews()) this.#begin();
    return this.#number();
  }

  #hasNews() {
    const pack = this.#kit.pack();
    return pack !== this.#pack || petitionsOf(pack, this.#kit.now()).length !== this.#petitions.length;
  }

  /** Leave nothing. */
  stop() {
    this.#watch.stop();
    this.#forget();
    NOT_OUT_OF_HERE.forEach((it) => this.#root.removeEventListener(it, refuse));
    this.#root.removeEventListener("click", onlyOnce, true);
    this.#root.classList.remove("signing", "training", "away");
    this.#root.replaceChildren();
    this.#name = "stopped";
  }

  // ---- from one page to the next

  #begin() {
    this.#forget();
    this.#pack = this.#kit.pack();
    this.#petitions = petitionsOf(this.#pack, this.#kit.now());
    this.#language = stationLanguage(this.#pack, this.#languages());
    this.#chosen = null;
    this.#attract();
  }

  #attract() {
    const open = this.#petitions.length > 0;
    this.#turn(open ? "attract" : "closed", () => (open ? this.#invitation() : closedPage()));
  }

  #invitation() {
    const deeds = {
      begin: (petition) => this.#start(petition),
      choose: (petition) => {
        this.#chosen = petition.uid;
        this.#attract();
        this.#atChoice();
      },
    };
    const { pack, petitions, language, chosen } = this.#view();
    return attractPage({ pack, petitions, language, chosen, now: this.#kit.now(), deeds });
  }

  #atChoice() {
    this.#root.querySelector("input:checked").focus();
  }

  #start(petition) {
    const draft = { name: "", email: "", none: false, country: this.#pack.event.country };
    this.#session = { draft, given: [], petition, codes: {} };
    this.#ask(petition);
  }

  #ask(petition) {
    const session = this.#session;
    session.petition = petition;
    const { pack, language } = this.#view();
    this.#turn("form", () => {
      const deeds = { sign: (entry) => this.#sign(session, petition, entry), cancel: () => this.#enough() };
      this.#form = formPage({ pack, petition, language, draft: session.draft, known: session.given.length > 0, deeds });
      return this.#form.page;
    });
  }

  // Whoever has signed something still gets the receipts.
  #enough() {
    if (this.#session?.given.length) this.#thank();
    else this.#begin();
  }

  async #sign(session, petition, { name, email, none, country, parts }) {
    // Trying again keeps the receipt: should the first try have been kept after all, it is the same item.
    const code = (session.codes[petition.uid] ??= newReceipt());
    const text = petition.texts[this.#language];
    session.draft = { name, email, none, country };
    await this.#kit.save({
      v: 1, kind: "sign", petition: petition.uid, text: text.sha256, parts, name, email, country,
      language: this.#language, hour: this.#kit.hour(), receipt: code,
    });
    if (this.#session !== session) return; // wiped meanwhile; the record is safe all the same
    session.given.push({ uid: petition.uid, title: text.title, code });
    this.#number();
    if (this.#rest().length) this.#offer();
    else this.#thank();
  }

  #rest() {
    const done = new Set(this.#session.given.map((it) => it.uid));
    return this.#petitions.filter((it) => !done.has(it.uid) && isIn(it, this.#language));
  }

  #offer(chosen = null) {
    const deeds = {
      begin: (petition) => this.#ask(petition),
      choose: (petition) => [this.#offer(petition.uid), this.#atChoice()],
      done: () => this.#thank(),
    };
    const { pack, language } = this.#view();
    this.#turn("more", () => morePage({ pack, language, chosen, now: this.#kit.now(), rest: this.#rest(), deeds }));
  }

  #thank() {
    const { draft, given } = this.#session;
    this.#left = make("b", { class: "left" }, String(THANKS / 1000));
    const deeds = { done: () => this.#pass() };
    const { pack, language } = this.#view();
    this.#turn("thanks", () => thanksPage({ pack, language, draft, given, left: this.#left, deeds }));
  }

  #pass() {
    this.#forget();
    this.#turn("pass", () => passPage({ deeds: { done: () => this.#begin() } }));
  }

  // ---- what every page shares

  #view() {
    return { pack: this.#pack, petitions: this.#petitions, language: this.#language, chosen: this.#chosen };
  }

  #languages() {
    const asked = this.#session ? [this.#session.petition] : this.#petitions;
    return this.#pack ? languagesOf(this.#pack, asked) : [];
  }

  #turn(name, build) {
    [this.#name, this.#form] = [name, null];
    this.#since = performance.now();
    const strip = this.#stripNow();
    speak(this.#language);
    const main = make("div", { class: "middle" }, build());
    const top = this.#top(name === "attract" || (name === "form" && !this.#session.given.length));
    // The page before goes as a whole: its boxes are not emptied, they are gone.
    emptied(this.#root);
    this.#root.replaceChildren(top, main, make("div", { class: "edge" }, strip.node));
    this.#root.classList.toggle("training", Boolean(this.#kit.training));
    const head = main.querySelector("h1");
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    this.#watch?.stay();
    this.#number();
  }

  #stripNow() {
    const own = stationLanguage(this.#pack, this.#pack ? languagesOf(this.#pack, this.#petitions) : []);
    this.#strip = stripOf(own, () => this.#kit.openTable());
    return this.#strip;
  }

  #top(withLanguages) {
    const name = this.#pack?.organisation?.[this.#language] ?? "";
    const tongues = this.#languages();
    const choices = tongues.map(({ code, name: own, dir }) => {
      const press = button(own, () => this.#switch(code), "tongue");
      Object.assign(press, { lang: code, dir });
      press.setAttribute("aria-pressed", String(code === this.#language));
      return press;
    });
    const shown = withLanguages && tongues.length > 1;
    const group = shown && make("div", { class: "tongues", role: "group", "aria-label": t("signer.language") }, ...choices);
    return make("div", { class: "top" }, this.#band(), make("p", { class: "mark" }, name), group);
  }

  // Nobody may take a rehearsal for the real thing, whatever they read.
  #band() {
    if (!this.#kit.training) return null;
    const words = (this.#pack?.languages ?? []).map(({ code }) => make("span", { lang: code }, t("signer.training", {}, code)));
    return make("p", { class: "band" }, ...words);
  }

  #switch(code) {
    if (this.#form) this.#session.draft = this.#form.read();
    this.#language = code;
    if (this.#session) this.#ask(this.#session.petition);
    else this.#attract();
  }

  async #number() {
    this.#asked = performance.now();
    const strip = this.#strip;
    const said = await this.#kit.strip();
    strip.show(said);
  }

  #tick() {
    const stood = performance.now() - this.#since;
    if (this.#name === "thanks") {
      this.#left.textContent = String(Math.max(0, Math.ceil((THANKS - stood) / 1000)));
      if (stood >= THANKS) this.#pass();
    } else if (this.#name === "pass" && stood >= PASS) this.#begin();
    if (performance.now() - this.#asked >= FRESH) this.refresh();
  }

  #forget() {
    if (this.#session) Object.assign(this.#session, { draft: null, given: null, petition: null, codes: null });
    [this.#session, this.#form, this.#left] = [null, null, null];
    emptied(this.#root);
    getSelection()?.removeAllRanges();
  }
}

// Boxes on their way out hold nothing any more, not even for "undo".
function emptied(root) {
  root.querySelectorAll("input, textarea").forEach((it) => (it.value = ""));
}

// The second half of a double tap must not press what came under the finger meanwhile.
function onlyOnce(event) {
  if (event.detail < 2 || !event.target.closest("button")) return;
  event.preventDefault();
  event.stopPropagation();
}

function refuse(event) {
  event.preventDefault();
}
