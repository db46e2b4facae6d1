// The tablet begins: opens what it keeps, finds out what it is for now (situation.js), and shows that.
// All other modules know each other through here.

import { keepAwake, keepShell } from "./awake.js";
import { clock } from "./clock.js";
import { battery, openDesk, reached } from "./desk.js";
import { codeFromAddress, mountEnrol } from "./enrol.js";
import { mountHalt } from "./halt.js";
import { uuid } from "./ids.js";
import { openOutbox, shellVersion } from "./outbox.js";
import { mountPin, openGate } from "./pin.js";
import { mountPreflight, sound } from "./preflight.js";
import { settings } from "./settings.js";
import { mountSigner } from "./signer.js";
import { DRAIN, ENROL, NO_EVENT, OVER, PREFLIGHT, SIGNING, situationOf, UNKNOWN, UNSAFE, WAITING } from "./situation.js";
import { startSync } from "./sync.js";
import { mountTable } from "./table.js";
import { openTraining } from "./training.js";
import { languages, readWords, speak, spoken, t, wished } from "./words.js";

const LOOK = 2000; // milliseconds between two looks at what changed
const AGAIN = 3000;
const NEWS = 60_000; // how often a tablet without a task asks for one
const HOUR = 3_600_000;
const LEFT_ALONE = 180_000; // without a touch for so long, the volunteer's side closes by itself
const LOOKED_OVER = "looked_over";
const TONGUE = "tongue";

class Kiosk {
  #root = document.querySelector("#kiosk");
  #front = document.createElement("div"); // what strangers see
  #back = document.createElement("div"); // the volunteer's side, before it
  #outbox;
  #sync;
  #desk;
  #training = null;
  #gate = openGate(settings);
  #kept = {}; // what the settings say, at hand without waiting
  #installed = false;
  #sound = true;
  #situation = null;
  #shown = null; // the signer's screen or the page that stands in for it
  #behind = null; // the volunteer's side: null, "pin" or "open"
  #touched = 0;
  #goesOn = 0;
  #code = codeFromAddress();
  #renewShell = () => undefined;
  #asked = 0;

  async begin() {
    this.#root.replaceChildren(this.#front, this.#back);
    for (const it of ["pointerdown", "keydown"]) addEventListener(it, () => (this.#touched = performance.now()));
    this.#outbox = await openOutbox();
    await this.#recall();
    this.#sync = startSync({ outbox: this.#outbox, settings, clock, onChange: () => this.#changed() });
    const facts = { outbox: this.#outbox, settings, clock, sync: this.#sync, pack: () => this.#pack() };
    this.#desk = openDesk(facts);
    speak(this.#station());
    await this.#desk.count();
    await this.#prove();
    this.#show();
    keepAwake();
    this.#renewShell = await keepShell({ quiet: () => this.#quiet() });
    setInterval(() => this.#tick(), LOOK);
  }

  // ---- what is known

  async #recall() {
    for (const name of ["pack", TONGUE, LOOKED_OVER]) this.#kept[name] = await settings.get(name);
    const installs = await this.#outbox.installs(); // a disk that does not answer is no tablet that is new
    this.#installed = installs.some((it) => it.current) && installs[0].install;
  }

  /** The pack, in the language that this station was set to. */
  #pack() {
    const pack = this.#kept.pack;
    if (!pack) return null;
    if (this.#kept.view?.of !== pack || this.#kept.view.tongue !== this.#kept[TONGUE]) {
      const tablet = { ...pack.tablet, language: this.#kept[TONGUE] ?? pack.tablet.language };
      this.#kept.view = { of: pack, tongue: this.#kept[TONGUE], pack: { ...pack, tablet } };
    }
    return this.#kept.view.pack;
  }

  #station() {
    return this.#pack()?.tablet.language ?? wished();
  }

  #checks() {
    const heard = async () => {
      const answered = await reached(this.#sync);
      await this.#renewed();
      return answered;
    };
    return { outbox: this.#outbox, clock, pack: () => this.#pack(), battery, heard };
  }

  async #prove() {
    this.#sound = !this.#pack()?.event || (await sound(this.#checks()));
  }

  #now() {
    return situationOf({
      enrolled: Boolean(this.#installed),
      pack: this.#pack(),
      said: this.#said(),
      now: this.#hourglass(),
      sound: this.#sound,
      lookedOver: this.#kept[LOOKED_OVER] === this.#installed,
    });
  }

  /**
   * The time by which collecting ends. A tablet that has a wrong year and no network would end too
   * early: a volunteer may let it go on (`deeds.goOn`), and the server judges by what it knows.
   */
  #hourglass() {
    const until = Date.parse(this.#pack()?.event?.collect_until ?? "");
    return this.#goesOn && this.#goesOn === until ? Math.min(clock.now(), until) : clock.now();
  }

  /** Whether only this tablet's own clock says that the event is over. */
  #doubtful() {
    const { heardAt } = this.#sync.state();
    return this.#now() === OVER && (heardAt === null || Math.abs(clock.now() - heardAt) > HOUR);
  }

  /** What the server said last of this tablet: a refusal, or its state. */
  #said() {
    const { reasons, serverState } = this.#sync.state();
    return reasons.find((it) => it.startsWith("device_")) ?? serverState;
  }

  /** Whether nobody signs or just has (it may be taken back), nothing is being kept, no volunteer is at work. */
  #quiet() {
    const signing = this.#situation === SIGNING && !this.#shown?.idle();
    const kept = this.#desk.busy() || this.#desk.last();
    return !signing && !kept && !this.#behind && !this.#training && this.#situation !== ENROL;
  }

  // ---- what changes

  async #changed() {
    await this.#renewed();
    await this.#desk?.count();
    this.#settle();
  }

  async #renewed() {
    if (this.#sync.state().reasons.includes("not_enrolled")) await this.#recall().catch(() => undefined); // the browser took it all
    const pack = await settings.get("pack");
    if (pack?.server_time === this.#kept.pack?.server_time && Boolean(pack) === Boolean(this.#kept.pack)) return;
    this.#kept.pack = pack;
    if (this.#desk) await this.#prove();
  }

  #tick() {
    if (this.#behind && performance.now() - this.#touched > LEFT_ALONE) this.#leave();
    this.#settle();
    this.#renewShell();
    const idle = [NO_EVENT, WAITING, UNSAFE].includes(this.#situation);
    if (idle && performance.now() - this.#asked > NEWS) {
      this.#asked = performance.now();
      this.#sync.now();
    }
  }

  /** Show what is true now; but never under the hands of somebody who signs, or of a volunteer. */
  #settle() {
    if (!this.#desk || this.#behind || this.#training) return;
    if (this.#situation === SIGNING && !this.#shown?.idle()) return;
    if (this.#now() !== this.#situation) this.#show();
    else (this.#shown?.refresh ?? this.#shown?.renew)?.();
  }

  // ---- what is shown to strangers

  #show() {
    this.#close();
    this.#shown?.stop?.();
    this.#situation = this.#now();
    if (this.#situation === ENROL) return this.#enrol();
    if (this.#situation === SIGNING) return this.#sign(this.#desk);
    if (this.#situation === PREFLIGHT || this.#situation === UNSAFE) return this.#look(null);
    speak(this.#station());
    const held = async () => (await this.#outbox.waiting().catch(() => ({ held: 0 }))).held;
    const look = [t("now.look"), () => this.#sync.now(), ""];
    const again = [t("now.enrol"), () => this.#enrol(() => this.#show()), ""];
    const table = this.#pack() && [t("table.volunteers"), () => this.#ask(), ""];
    // One that was lost and found only delivers under its old name: it collects by a new code alone.
    const anew = [UNKNOWN, DRAIN].includes(this.#situation) && again;
    const deeds = [look, anew, table].filter(Boolean);
    this.#shown = mountHalt(this.#front, { situation: this.#situation, held, deeds });
  }

  #sign(desk) {
    const kit = {
      pack: desk.pack,
      now: () => this.#hourglass(),
      hour: clock.hour,
      training: desk.training,
      save: (payload) => desk.sign(payload),
      strip: async () => ({ ...(await desk.count()), colour: desk.state().colour }),
      openTable: () => this.#ask(),
    };
    this.#shown = mountSigner(this.#front, kit);
  }

  #look(back) {
    const begin = async () => {
      await settings.set(LOOKED_OVER, this.#installed);
      this.#kept[LOOKED_OVER] = this.#installed;
      this.#sound = true;
      this.#show();
    };
    this.#shown = { idle: () => true };
    mountPreflight(back ? this.#back : this.#front, this.#checks(), { begin, back });
  }

  #enrol(back) {
    const tongues = languages().map(({ code, name }) => [code, name]);
    let install = null;
    this.#shown = { idle: () => false };
    mountEnrol(this.#front, {
      code: this.#code,
      tongues,
      back,
      speak: (tongue) => (speak(tongue), this.#enrol(back)),
      before: async () => ({ install: (install = uuid()), shell: shellVersion(), lost: await this.#outbox.lost() }),
      enrolled: async ({ token }) => {
        await this.#outbox.enrol({ install, token });
        this.#installed = install;
        this.#code = "";
        await this.#sync.refreshPack().catch(() => undefined);
        await this.#sync.now();
        await this.#changed();
        speak(this.#station());
        this.#show();
      },
    });
  }

  // ---- the volunteer's side

  #close() {
    this.#behind = null;
    this.#back.replaceChildren();
    this.#back.hidden = true;
    this.#front.hidden = false;
  }

  /** Ask for the PIN; what a stranger typed meanwhile waits behind it, and goes once it opens. */
  #ask() {
    const pin = () => this.#pack()?.tablet.pin;
    if (this.#behind || !pin()) return;
    const tongue = spoken();
    speak(this.#station());
    [this.#behind, this.#front.hidden, this.#back.hidden] = ["pin", true, false];
    this.#touched = performance.now();
    const back = () => (this.#close(), speak(tongue));
    mountPin(this.#back, { gate: this.#gate, pin, back, opened: () => this.#table(), news: () => this.#sync.now() });
  }

  #table() {
    this.#behind = "open";
    this.#shown?.stop?.();
    this.#front.replaceChildren();
    speak(this.#station());
    const desk = this.#training ?? this.#desk;
    mountTable(this.#back, desk, { close: () => this.#leave(), deeds: this.#deeds() });
  }

  #leave() {
    const opened = this.#behind === "open";
    this.#close();
    if (!opened) return this.#settle();
    if (this.#training) this.#sign(this.#training);
    else this.#show();
  }

  #deeds() {
    const goOn = () => ((this.#goesOn = Date.parse(this.#pack().event.collect_until)), this.#leave());
    return {
      signing: this.#now() === SIGNING,
      goOn: this.#doubtful() ? goOn : null,
      preflight: () => this.#look(() => this.#table()),
      training: () => ((this.#training = openTraining({ clock, pack: () => this.#pack() })), this.#leave()),
      endTraining: () => ((this.#training = null), this.#leave()),
      language: () => this.#station(),
      setLanguage: async (tongue) => {
        this.#kept[TONGUE] = tongue;
        await settings.set(TONGUE, tongue);
        speak(tongue);
      },
    };
  }
}

async function begin() {
  try {
    await readWords();
  } catch {
    return void setTimeout(begin, AGAIN); // a first visit on a bad network: without words nothing can be said
  }
  speak(wished());
  try {
    await new Kiosk().begin();
  } catch {
    const deeds = [[t("now.again"), () => location.reload(), "primary"]];
    mountHalt(document.querySelector("#kiosk"), { situation: "broken", held: async () => 0, deeds });
  }
}

begin();
