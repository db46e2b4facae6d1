// Delivering, page by page of the outbox, as long as this page is open: after each save, when the
// network comes back, when the page becomes visible, by a timer, and when somebody taps.
//
// What is still to be delivered is read from the outbox each time, never kept in a flag: whatever
// goes wrong in between, the next tick begins from the truth. One flight at a time on one tablet
// (Web Locks, or a lease where there are none); two at once would only be waste, never harm.

import { uuid } from "./ids.js";
import { bareTag, deliver, fetchPack, NotDelivered, PROTOCOL } from "./line.js";
import { shellVersion } from "./outbox.js";

const LOCK = "lantern-sync";
const MOST = 50;
const TICK = 5_000;
const HEARTBEAT = 60_000;
const LONGEST_WAIT = 300;
const LEASE = 90_000;
const SOON = 5 * 60_000;
const LATE = 15 * 60_000;
const MANY = 50;
const CLOCK_OFF = 5 * 60_000;

// The server's last word, by which collecting stops until it says otherwise.
const FINAL = ["device_unknown", "device_closed", "device_lost"];
const RED = [...FINAL, "storage_failed", "not_enrolled", "parked", "too_large"];

/** Tell how many seconds to wait after so many failures: anything up to twice as long as before. */
export const backoff = (failures, random = Math.random) => random() * Math.min(LONGEST_WAIT, 2 ** failures);

/**
 * Keep delivering. `onChange(state)` is called whenever the state changes; the state is
 * { colour, reasons, heardAt, serverState, packChanged, held, parked, oldestHeldAt, offset }.
 * Reasons: waiting, unheard, clock_off, drain_only, no_network, timeout, busy, server_trouble
 * (amber or, with nothing waiting, none) and those in RED.
 */
export function startSync(parts) {
  const sync = new Sync(parts);
  sync.start();
  return {
    now: () => sync.now(),
    state: () => sync.state(),
    refreshPack: () => sync.refreshPack(),
    stop: () => sync.stop(),
  };
}

class Sync {
  #outbox;
  #settings;
  #clock;
  #onChange;
  #flight = null;
  #again = false;
  #size = MOST;
  #failures = 0;
  // By performance.now(), which no wrong clock moves.
  #dueAt = 0;
  #notBefore = 0;
  #facts = { held: 0, parked: 0, oldestHeldAt: null, heardAt: null, serverState: null };
  #refusal = null;
  #trouble = null;
  #storage = null;
  #packChanged = false;
  #told = "";
  #ends = [];

  constructor({ outbox, settings, clock, onChange = () => {} }) {
    [this.#outbox, this.#settings, this.#clock, this.#onChange] = [outbox, settings, clock, onChange];
  }

  async start() {
    this.#on(this.#outbox, "change", () => this.#saved());
    this.#on(globalThis, "online", () => this.#wake());
    this.#on(document, "visibilitychange", () => document.hidden || this.#wake());
    const timer = setInterval(() => this.#tick(), TICK);
    this.#ends.push(() => clearInterval(timer));
    const [before, kept] = await Promise.all([this.#settings.get("heard"), this.#settings.get("clock")]);
    this.#clock.recall(kept);
    if (before && this.#facts.heardAt === null) {
      Object.assign(this.#facts, { heardAt: before.heardAt, serverState: before.serverState });
      this.#refusal = before.refusal ?? null;
    }
    await this.#look();
    this.#tick();
  }

  stop() {
    this.#ends.splice(0).forEach((end) => end());
  }

  #on(target, name, heard) {
    target.addEventListener(name, heard);
    this.#ends.push(() => target.removeEventListener(name, heard));
  }

  // ---- when

  /** Deliver now, because somebody asked; gives the state afterwards. */
  async now() {
    this.#failures = 0;
    await (performance.now() < this.#notBefore ? this.#look() : this.#fly());
    return this.state();
  }

  #wake() {
    this.#failures = 0;
    if (performance.now() >= this.#notBefore) this.#fly();
  }

  // Each save tries at once, but not against a server or a network that has just failed.
  async #saved() {
    await this.#look();
    if (this.#failures === 0 && performance.now() >= this.#notBefore && this.#facts.held > this.#facts.parked) {
      this.#fly();
    }
  }

  #tick() {
    const now = performance.now();
    if (now >= this.#dueAt && now >= this.#notBefore) this.#fly();
    else this.#tell(); // "no word for fifteen minutes" comes true without anything happening
  }

  /** Fly once; who asks meanwhile waits for this flight, and what came in after it left follows. */
  #fly() {
    this.#again = this.#flight !== null;
    this.#flight ??= this.#flown().finally(() => {
      this.#flight = null;
      const again = this.#again && this.#failures === 0;
      this.#again = false;
      if (again) this.#saved();
    });
    return this.#flight;
  }

  async #flown() {
    try {
      await this.#alone(() => this.#deliverAll());
    } catch (failed) {
      this.#failed(failed);
    }
    await this.#look();
  }

  #succeeded() {
    [this.#failures, this.#notBefore, this.#trouble, this.#refusal] = [0, 0, null, null];
    this.#dueAt = performance.now() + HEARTBEAT;
  }

  #failed(failed) {
    this.#failures += 1;
    const wait = Math.max(backoff(this.#failures), failed.retryAfter ?? 0) * 1000;
    this.#dueAt = performance.now() + wait;
    this.#notBefore = failed.retryAfter ? this.#dueAt : 0;
    if (failed instanceof NotDelivered && FINAL.includes(failed.code)) this.#refuse(failed.code);
    else if (failed instanceof NotDelivered) this.#trouble = failed.code;
    else this.#storage = failed.code === "not_enrolled" || failed.code === "evicted" ? "not_enrolled" : "storage_failed";
  }

  #refuse(code) {
    this.#refusal = code;
    this.#trouble = null;
    this.#remember();
  }

  // ---- one flight

  async #alone(work) {
    if (navigator.locks) {
      return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => lock && work());
    }
    const me = uuid();
    const lease = await this.#settings.update(LOCK, (held) =>
      held && held.until > Date.now() && held.until < Date.now() + LEASE * 2 ? held : { me, until: Date.now() + LEASE },
    );
    if (lease?.me !== me) return;
    try {
      await work();
    } finally {
      await this.#settings.update(LOCK, (held) => (held?.me === me ? undefined : held));
    }
  }

  async #deliverAll() {
    const installs = await this.#outbox.installs();
    this.#storage = installs.length ? null : "not_enrolled";
    for (const install of installs) {
      try {
        await this.#deliverOf(install);
      } catch (failed) {
        // An earlier install may be refused by itself; the one that collects goes on.
        if (install.current || !(failed instanceof NotDelivered) || !FINAL.includes(failed.code)) throw failed;
      }
    }
  }

  async #deliverOf({ install, current, held }) {
    if (!current && !held) return void (await this.#outbox.retire(install));
    for (let first = true; ; first = false) {
      const load = await this.#outbox.batch(this.#size, install);
      if (!load.items.length && !(current && first)) break;
      const answer = await this.#sent(load, current);
      if (!answer) continue; // half as many
      await this.#heard(answer, current);
      const moved = await this.#outbox.settle(answer.results);
      if (load.items.length && !moved) throw new NotDelivered("server_trouble");
      if (current) await this.#followPack(load.token, answer);
    }
    if (!current) await this.#outbox.retire(install);
  }

  async #sent(load, current) {
    const shifts = current ? await this.#news() : [];
    const body = {
      protocol: PROTOCOL,
      batch_id: uuid(),
      sent_at: new Date().toISOString(), // uncorrected: so the server sees how far off we are
      shell: shellVersion(),
      battery: await battery(),
      reports: load.reports,
      shifts,
      items: load.items,
    };
    try {
      const answer = await deliver(load.token, body);
      this.#size = Math.min(MOST, this.#size * 2);
      if (shifts.length) await this.#toldOf(shifts);
      return answer;
    } catch (failed) {
      return this.#smaller(failed, load.items.length);
    }
  }

  // Too much at once for the server, or for a slow network: half of it is tried at once.
  #smaller(failed, count) {
    if (!["too_large", "timeout"].includes(failed.code) || count <= 1) throw failed;
    this.#size = Math.max(1, Math.floor(Math.min(this.#size, count) / 2));
    if (failed.code === "timeout") throw failed;
    return null;
  }

  async #heard(answer, current) {
    this.#clock.learn(answer.server_time, answer.came, answer.took);
    await this.#settings.set("clock", this.#clock.keep());
    if (!current) return;
    this.#succeeded();
    this.#facts.heardAt = this.#clock.now();
    this.#facts.serverState = answer.state ?? this.#facts.serverState;
    await this.#remember();
  }

  #remember() {
    const { heardAt, serverState } = this.#facts;
    return this.#settings.set("heard", { heardAt, serverState, refusal: this.#refusal });
  }

  // ---- shifts: what the volunteer's view wrote, sent until the server has taken it as it is now

  async #news() {
    const [shifts, taken] = await Promise.all([this.#settings.get("shifts"), this.#settings.get("shiftsTaken")]);
    return (shifts ?? []).filter((it) => taken?.[it.id] !== JSON.stringify(it));
  }

  async #toldOf(sent) {
    const known = new Set(((await this.#settings.get("shifts")) ?? []).map((it) => it.id));
    await this.#settings.update("shiftsTaken", (taken = {}) => {
      const kept = Object.entries(taken).filter(([id]) => known.has(id));
      return { ...Object.fromEntries(kept), ...Object.fromEntries(sent.map((it) => [it.id, JSON.stringify(it)])) };
    });
  }

  // ---- the pack

  /** Fetch the pack if the server has another one; throws NotDelivered. Gives the pack we have then. */
  async refreshPack() {
    const { token } = await this.#outbox.batch(0);
    try {
      await this.#fetchPack(token);
    } catch (failed) {
      if (FINAL.includes(failed.code)) this.#refuse(failed.code);
      this.#tell();
      throw failed;
    }
    return this.#settings.get("pack");
  }

  async #followPack(token, answer) {
    const have = await this.#settings.get("packTag");
    if (!answer.pack || bareTag(answer.pack) === bareTag(have)) return;
    try {
      await this.#fetchPack(token);
    } catch (failed) {
      // The envelopes are safe all the same; the next heartbeat tries again.
      if (FINAL.includes(failed.code)) this.#refuse(failed.code);
    }
  }

  async #fetchPack(token) {
    const have = await this.#settings.get("pack");
    const found = await fetchPack(token, have ? await this.#settings.get("packTag") : "");
    if (!found) return;
    this.#clock.learn(found.pack.server_time, found.came, found.took);
    await this.#settings.set("pack", found.pack);
    await this.#settings.set("packTag", found.etag);
    await this.#forgetOthers(found.pack.event?.uid);
    this.#packChanged = true;
    this.#tell();
  }

  async #forgetOthers(current) {
    for (const event of await this.#outbox.events()) {
      if (event !== current) await this.#outbox.forget(event);
    }
  }

  // ---- the state

  async #look() {
    try {
      Object.assign(this.#facts, await this.#outbox.waiting());
      if (this.#storage === "storage_failed") this.#storage = null;
    } catch {
      this.#storage ??= "storage_failed";
    }
    this.#tell();
  }

  /** Say how things stand. */
  state() {
    const reasons = this.#reasons();
    const colour = reasons.some((it) => RED.includes(it)) ? "red" : reasons.length ? "amber" : "green";
    const offset = this.#clock.offset();
    return { colour, reasons, ...this.#facts, packChanged: this.#packChanged, offset };
  }

  #reasons() {
    const { held, parked, oldestHeldAt, heardAt, serverState } = this.#facts;
    const now = this.#clock.now();
    const silent = heardAt === null ? Infinity : now - heardAt;
    const waiting = held - parked;
    const found = [
      [this.#refusal ?? (serverState === "lost" ? "device_lost" : null), true],
      [this.#storage, true],
      ["storage_failed", this.#outbox.trouble() !== null],
      ["parked", parked > 0],
      ["waiting", waiting > MANY || (waiting > 0 && now - oldestHeldAt > LATE)],
      ["unheard", silent > LATE],
      ["clock_off", this.#clock.known() && Math.abs(this.#clock.offset()) > CLOCK_OFF],
      ["drain_only", serverState === "drain_only"],
      [this.#trouble, this.#trouble === "too_large" || (waiting > 0 && silent > SOON)],
    ];
    return [...new Set(found.filter(([name, holds]) => name && holds).map(([name]) => name))];
  }

  #tell() {
    const state = this.state();
    const text = JSON.stringify(state);
    if (text === this.#told) return;
    this.#told = text;
    // Whatever a screen does with it, delivering goes on.
    queueMicrotask(() => this.#onChange(state));
    if (!this.#packChanged) return;
    this.#packChanged = false;
    this.#told = JSON.stringify(this.state());
  }
}

async function battery() {
  try {
    return Math.round((await navigator.getBattery()).level * 100);
  } catch {
    return null; // most browsers do not tell
  }
}
