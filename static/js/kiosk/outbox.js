// The outbox: envelopes that the server has not confirmed yet, and the numbers they carry.
//
// - A record and its number are written in one strict transaction; `add` resolves when that is on
//   the disk, and not before. Any failure rejects with StorageFailed, and nothing was counted.
// - A record is never changed. It leaves only by `settle`, on the server's word for its own id.
// - The database's form is frozen at version 1. What must change later gets a field `v` in the
//   records, or a database of its own; envelopes in here are never transformed.
//
// Stores:  items    [install, event, seq] → the envelope, as sent
//          done     [install, event, seq] → id and the server's word, when the envelope is gone
//          parked   id → why the server would not take it (the envelope stays in `items`)
//          numbers  [install, event] → the next number
//          installs install → its token; the newest collects, earlier ones only deliver
//
// Numbers. The next one is the largest of three: the store's, the cookie's (which survives the
// store), and what this page has given away without a store (`sendDirectly`). So no number is given
// twice by one install, whichever of the three fails. A number may stay unused: then the gap report
// asks for a signature that nobody was thanked for, which errs on the side that somebody looks.

import { base64, joined } from "../seal.js";
import { clock } from "./clock.js";
import { countCookie } from "./count_cookie.js";
import { Database, got, StorageFailed } from "./database.js";
import { sealed } from "./envelope.js";
import { uuid } from "./ids.js";
import { deliver, PROTOCOL } from "./line.js";

export { StorageFailed };

const NAME = "lantern-outbox";
const MINUTE = 60_000;
const DAY = 86_400_000;
const SAFE = ["stored", "replayed"];
const PARKED = ["conflict", "refused"];
const MOST_UNSAVED = 5;
const REMEMBERED = 2; // days that an event's signatures are counted here after it is no longer ours
const PROBE = ["probe", ""];

/** Tell the day on this tablet's calendar: 2026-11-22. */
const dayOf = (moment) => {
  const date = new Date(moment);
  const two = (value) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};
const under = (...key) => IDBKeyRange.bound(key, [...key, []]);

function setUp(db) {
  const number = ["install", "event", "seq"];
  const items = db.createObjectStore("items", { keyPath: number });
  items.createIndex("id", "id", { unique: true });
  items.createIndex("tally", ["event", "kind", "day"]);
  items.createIndex("age", ["event", "at"]);
  const done = db.createObjectStore("done", { keyPath: number });
  done.createIndex("id", "id", { unique: true });
  done.createIndex("tally", ["event", "kind", "day"]);
  db.createObjectStore("parked", { keyPath: "id" }).createIndex("event", "event");
  db.createObjectStore("numbers", { keyPath: ["install", "event"] });
  db.createObjectStore("installs", { keyPath: "install" });
}

/** Open the outbox; the browser is asked not to throw it away. */
export async function openOutbox() {
  const outbox = new Outbox();
  navigator.storage?.persist?.().catch(() => {});
  await outbox.remember().catch(() => {}); // a disk that fails shows when somebody signs
  return outbox;
}

/** Says "change" after each save and each word of the server. */
export class Outbox extends EventTarget {
  #database = new Database(NAME, setUp);
  #current = null;
  // What could not be kept, by the name of the signature: trying again sends the same envelope.
  #unsaved = new Map();
  // Sent without a store: the next number of each numbering, and what counts until a store has it.
  #ahead = new Map();
  #direct = [];
  #trouble = null;

  // ---- whose outbox

  /** Collect from now on under a new install, whose numbers begin anew. */
  async enrol({ install, token }) {
    await this.#database.write(["installs"], async (tx) => {
      const store = tx.objectStore("installs");
      const rank = Math.max(0, ...(await got(store.getAll())).map((it) => it.rank)) + 1;
      store.put({ install, token, rank });
    });
    // Those that `lost` named were reported by the request that brought this token.
    const known = new Set((await this.#installs()).map((it) => it.install));
    countCookie.forget((one) => !known.has(one));
    [this.#current, this.#trouble] = [{ install, token }, null];
    this.#changed();
  }

  /** List the installs, the one that collects first: { install, current, held }. */
  async installs() {
    return this.#database.read(["installs", "items"], async (tx) => {
      const rows = newestFirst(await got(tx.objectStore("installs").getAll()));
      const counts = rows.map((it) => got(tx.objectStore("items").count(under(it.install))));
      const held = await Promise.all(counts);
      return rows.map(({ install }, at) => ({ install, current: at === 0, held: held[at] }));
    });
  }

  /** Name what a vanished database had promised: { install, event, next_seq }, for `enrol`. */
  async lost() {
    const known = new Set((await this.#installs()).map((it) => it.install));
    const gone = countCookie.all().filter((it) => !known.has(it.install));
    return gone.map(({ install, event, next }) => ({ install, event, next_seq: next }));
  }

  /** Forget an earlier install once nothing of it is left here. */
  async retire(install) {
    const stores = ["installs", "items", "numbers"];
    const gone = await this.#database.write(stores, async (tx) => {
      const rows = newestFirst(await got(tx.objectStore("installs").getAll()));
      const held = await got(tx.objectStore("items").count(under(install)));
      if (held || rows[0]?.install === install) return false;
      tx.objectStore("installs").delete(install);
      tx.objectStore("numbers").delete(under(install));
      return true;
    });
    if (gone) countCookie.forget((one) => one === install);
    return gone;
  }

  #installs() {
    return this.#database.read(["installs"], (tx) => got(tx.objectStore("installs").getAll()));
  }

  async #collecting() {
    this.#current ??= newestFirst(await this.#installs())[0] ?? null;
    if (!this.#current) throw new StorageFailed("not_enrolled");
    return this.#current;
  }

  // ---- keeping

  /**
   * Close a payload and keep it under the next number; resolves with { id, seq } when it is on the
   * disk. After a failure it may be added again with the same receipt: it is the same item then, so
   * that a signature can never be there twice.
   */
  async add(wanted) {
    try {
      return await this.#added(wanted).catch((failed) => {
        if (failed.code !== "evicted") throw failed;
        // Its install is gone from the disk, and all that was closed for it. Another tab may have
        // enrolled us anew; if nobody has, there is nothing to collect under.
        this.#current = null;
        this.#unsaved.clear();
        return this.#added(wanted);
      });
    } catch (failed) {
      const told = failed instanceof StorageFailed ? failed : new StorageFailed("not_sealed", failed);
      this.#trouble = told.code;
      this.#changed();
      throw told;
    }
  }

  async #added(wanted) {
    const record = await this.#closed(wanted);
    const seq = await this.#kept(record);
    this.#saved(record, seq);
    return { id: record.id, seq };
  }

  /**
   * Close a payload, before anything was written; tried again unchanged, it is the same envelope. What
   * somebody corrected meanwhile is closed anew under the same name and number: should the first have
   * arrived after all, the server refuses the second instead of counting both.
   */
  async #closed({ event, key, payload }) {
    const name = nameOf(payload);
    const print = await printOf({ ...payload, hour: 0 });
    const before = this.#unsaved.get(name);
    if (before?.print === print) return before.record;
    const { install } = await this.#collecting();
    const id = before?.record.id ?? uuid();
    const envelope = await sealed(payload, { event, key, install, id });
    const now = clock.now();
    const times = { day: dayOf(now), at: Math.floor(now / MINUTE) * MINUTE };
    const record = { v: 1, id, install, event, kid: key.id, kind: payload.kind, ...times, sealed: envelope };
    if (before?.record.seq) record.seq = before.record.seq;
    this.#unsaved.set(name, { record, print });
    const [oldest] = this.#unsaved.keys();
    if (this.#unsaved.size > MOST_UNSAVED) this.#unsaved.delete(oldest);
    return record;
  }

  #kept(record) {
    const { id, install, event } = record;
    return this.#database.write(["items", "done", "numbers", "installs"], async (tx) => {
      const [items, done, numbers] = ["items", "done", "numbers"].map((it) => tx.objectStore(it));
      const [own, waiting, gone, row] = await Promise.all([
        got(tx.objectStore("installs").get(install)),
        got(items.index("id").get(id)),
        got(done.index("id").get(id)),
        got(numbers.get([install, event])),
      ]);
      if (!own) throw new StorageFailed("evicted");
      // It was kept after all, when we had given up waiting for the disk's answer.
      if (waiting ?? gone) return (waiting ?? gone).seq;
      const next = Math.max(row?.next ?? 1, this.#nextElsewhere(install, event));
      const seq = record.seq ?? next;
      items.add({ ...record, seq });
      numbers.put({ install, event, next: Math.max(next, seq + 1) });
      return seq;
    });
  }

  #saved(record, seq) {
    this.#forgetUnsaved(record);
    countCookie.raise(record.install, record.event, seq + 1);
    this.#trouble = null;
    this.#changed();
    if (this.#direct.length) this.#settleDirect();
  }

  #forgetUnsaved(record) {
    this.#unsaved.forEach((it, name) => it.record === record && this.#unsaved.delete(name));
  }

  #nextElsewhere(install, event) {
    return Math.max(countCookie.next(install, event), this.#ahead.get(`${install}.${event}`) ?? 1);
  }

  /** Tell why the last signature could not be kept, or null if it could. */
  trouble = () => this.#trouble;

  /** Bring the cookie up to what the store says (a page may have died between the two). */
  async remember() {
    const rows = await this.#database.read(["numbers"], (tx) => got(tx.objectStore("numbers").getAll()));
    for (const { install, event, next } of rows) {
      if (install !== PROBE[0]) countCookie.raise(install, event, next);
    }
  }

  /** Try whether the disk keeps, gives back and forgets a line; throws StorageFailed if not. */
  async rehearse() {
    const [install, event] = PROBE;
    const next = Math.floor(Math.random() * 1e9);
    await this.#database.write(["numbers"], async (tx) => void tx.objectStore("numbers").put({ install, event, next }));
    const found = await this.#database.read(["numbers"], (tx) => got(tx.objectStore("numbers").get(PROBE)));
    await this.#database.write(["numbers"], async (tx) => void tx.objectStore("numbers").delete(PROBE));
    if (found?.next !== next) throw new StorageFailed("not_kept");
    this.#trouble = null;
    this.#changed();
  }

  // ---- delivering

  /** Give up to `most` envelopes of one install as the server takes them, with token and reports. */
  async batch(most = 50, install = null) {
    const stores = ["installs", "items", "parked", "numbers"];
    const name = install ?? (await this.#collecting()).install;
    return this.#database.read(stores, async (tx) => {
      const parked = new Set(await got(tx.objectStore("parked").getAllKeys()));
      const [own, rows, reports] = await Promise.all([
        got(tx.objectStore("installs").get(name)),
        most ? got(tx.objectStore("items").getAll(under(name), most + parked.size)) : [], // 0 would mean all
        this.#reportsIn(tx, name),
      ]);
      if (!own) throw new StorageFailed("evicted");
      const items = rows.filter((it) => !parked.has(it.id)).slice(0, most);
      return { install: name, token: own.token, items: items.map(asSent), reports };
    });
  }

  /** Say of each event of an install which number comes next, and which are still here. */
  async reports(install = null) {
    const name = install ?? (await this.#collecting()).install;
    return this.#database.read(["numbers", "items"], (tx) => this.#reportsIn(tx, name));
  }

  async #reportsIn(tx, install) {
    const [rows, keys] = await Promise.all([
      got(tx.objectStore("numbers").getAll(under(install))),
      got(tx.objectStore("items").getAllKeys(under(install))),
    ]);
    return rows.map(({ event, next }) => ({
      event,
      next_seq: Math.max(next, this.#nextElsewhere(install, event)),
      held: runs(keys.filter((key) => key[1] === event).map((key) => key[2])),
    }));
  }

  /** Take the server's word for each id it names; gives how many it settled. */
  async settle(results) {
    const said = Object.entries(results).filter(([, code]) => SAFE.includes(code) || PARKED.includes(code));
    const moved = await this.#database.write(["items", "done", "parked"], async (tx) => {
      const [items, done, parked] = ["items", "done", "parked"].map((it) => tx.objectStore(it));
      const found = await Promise.all(said.map(([id]) => got(items.index("id").get(id))));
      const pairs = found.map((item, at) => [item, said[at][1]]).filter(([item]) => item);
      for (const [{ id, install, event, seq, kind, day }, code] of pairs) {
        if (PARKED.includes(code)) parked.put({ id, install, event, seq, code });
        else {
          done.put({ id, install, event, seq, kind, day, code });
          items.delete([install, event, seq]);
          parked.delete(id);
        }
      }
      return pairs.length;
    });
    if (moved) this.#changed();
    return moved;
  }

  /** Let the server look once more at what it would not take. */
  async unpark() {
    await this.#database.write(["parked"], async (tx) => void tx.objectStore("parked").clear());
    this.#changed();
  }

  /** Forget the ids of an event that is some days old and of which nothing waits; its numbering stays. */
  async forget(event) {
    const before = dayOf(clock.now() - REMEMBERED * DAY);
    await this.#database.write(["items", "done"], async (tx) => {
      if (await got(tx.objectStore("items").index("age").count(under(event)))) return;
      const done = tx.objectStore("done");
      const rows = await got(done.index("tally").getAll(under(event)));
      for (const it of rows) if (it.day < before) done.delete([it.install, it.event, it.seq]);
    });
  }

  /** List the events that the numbering knows. */
  async events() {
    const rows = await this.#database.read(["numbers"], (tx) => got(tx.objectStore("numbers").getAll()));
    return [...new Set(rows.map((it) => it.event))].filter((it) => it !== PROBE[1]);
  }

  /**
   * Send one signature past a disk that keeps nothing; resolves with { id, seq } only when the
   * server has stored it. Its number is taken from the store if that still answers, and set aside
   * in the cookie and in this page before anything is sent; rejects with NotDelivered or
   * StorageFailed, and may be tried again (`add`, too, then keeps the same envelope). A number that the server knows already
   * (an earlier start forgot it) is left to it: the envelope is not bound to one, the next is tried.
   */
  async sendDirectly(wanted) {
    const record = await this.#closed(wanted);
    for (let tries = 0; tries < 5; tries++) {
      record.seq ??= await this.#setAside(record);
      const code = await this.#sent(record);
      if (SAFE.includes(code)) return this.#sentSafely(record, code);
      if (code !== "conflict") throw new StorageFailed("not_delivered");
      delete record.seq;
    }
    throw new StorageFailed("not_delivered");
  }

  async #setAside({ install, event }) {
    const elsewhere = this.#nextElsewhere(install, event);
    const seq = await this.#database
      .write(["numbers"], async (tx) => {
        const numbers = tx.objectStore("numbers");
        const next = Math.max((await got(numbers.get([install, event])))?.next ?? 1, elsewhere);
        numbers.put({ install, event, next: next + 1 });
        return next;
      })
      .catch(() => this.#readNext(install, event, elsewhere));
    this.#ahead.set(`${install}.${event}`, seq + 1);
    countCookie.raise(install, event, seq + 1);
    return seq;
  }

  async #readNext(install, event, elsewhere) {
    const read = (tx) => got(tx.objectStore("numbers").get([install, event]));
    const row = await this.#database.read(["numbers"], read).catch(() => null);
    return Math.max(row?.next ?? 1, elsewhere);
  }

  async #sent(record) {
    const { token } = await this.#collecting();
    const reports = await this.reports(record.install).catch(() => []);
    const sent_at = new Date().toISOString(); // uncorrected: so the server sees how far off we are
    const body = { protocol: PROTOCOL, batch_id: uuid(), sent_at, shell: shellVersion(), battery: null };
    const answer = await deliver(token, { ...body, reports, shifts: [], items: [asSent(record)] });
    return answer.results[record.id];
  }

  #sentSafely(record, code) {
    const { id, install, event, seq, kind, day } = record;
    this.#forgetUnsaved(record);
    this.#direct.push({ id, install, event, seq, kind, day, code });
    this.#changed();
    return { id, seq };
  }

  #settleDirect() {
    const waiting = [...this.#direct];
    const put = async (tx) => waiting.forEach((it) => tx.objectStore("done").put(it));
    this.#database.write(["done"], put).then(
      () => {
        this.#direct = this.#direct.filter((it) => !waiting.includes(it));
      },
      () => {}, // still full; they count here until the page is closed
    );
  }

  // ---- telling

  /**
   * Count an event: today, safe (of today, on the server) and collected (in all) are signatures,
   * voided are the items that take one back; held and parked are all items that are still here.
   */
  async counts(event) {
    const day = dayOf(clock.now());
    return this.#database.read(["items", "done", "parked"], async (tx) => {
      const [items, done] = ["items", "done"].map((it) => tx.objectStore(it));
      const tally = (store, ...key) => got(store.index("tally").count(under(event, ...key)));
      const direct = (kind) => this.#direct.filter((it) => it.event === event && it.kind === kind).length;
      const [here, safe, hereEver, safeEver, ...rest] = await Promise.all([
        tally(items, "sign", day),
        tally(done, "sign", day),
        tally(items, "sign"),
        tally(done, "sign"),
        tally(items, "void", day),
        tally(done, "void", day),
        got(items.index("age").count(under(event))),
        got(items.index("age").openKeyCursor(under(event))),
        got(tx.objectStore("parked").index("event").count(event)),
      ]);
      const [voidsHere, voidsSafe, held, oldest, parked] = rest;
      const straight = direct("sign");
      return {
        today: here + safe + straight,
        safe: safe + straight,
        held,
        parked,
        collected: hereEver + safeEver + straight,
        voided: voidsHere + voidsSafe + direct("void"),
        oldestHeldAt: oldest?.key[1] ?? null,
      };
    });
  }

  /** Tell how much is still here, of all events and installs: { held, parked, oldestHeldAt }. */
  async waiting() {
    return this.#database.read(["items", "parked", "numbers"], async (tx) => {
      const items = tx.objectStore("items");
      const [held, parked, rows] = await Promise.all([
        got(items.count()),
        got(tx.objectStore("parked").count()),
        got(tx.objectStore("numbers").getAll()),
      ]);
      const events = [...new Set(rows.map((it) => it.event))];
      const firsts = await Promise.all(events.map((it) => got(items.index("age").openKeyCursor(under(it)))));
      const ages = firsts.filter(Boolean).map((it) => it.key[1]);
      return { held, parked, oldestHeldAt: ages.length ? Math.min(...ages) : null };
    });
  }

  /** Tell whether the browser promised not to throw this away by itself; null where it does not say. */
  persisted = async () => (await navigator.storage?.persisted?.()) ?? null;

  /** Write all that is still here into a file that any organiser may upload; it opens for nobody else. */
  async exportFile() {
    const installs = await this.#database.read(["installs", "items", "numbers"], async (tx) => {
      const rows = newestFirst(await got(tx.objectStore("installs").getAll()));
      return Promise.all(
        rows.map(async ({ install }) => ({
          install,
          reports: await this.#reportsIn(tx, install),
          items: (await got(tx.objectStore("items").getAll(under(install)))).map(asSent),
        })),
      );
    });
    const exported_at = new Date(clock.now()).toISOString();
    const file = { format: "lantern-kiosk-export", protocol: PROTOCOL, exported_at, shell: shellVersion(), installs };
    return new Blob([JSON.stringify(file)], { type: "application/json" });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

const SALT = crypto.getRandomValues(new Uint8Array(16));

/** Tell two payloads apart without keeping what they say. */
async function printOf(payload) {
  const salted = joined(SALT, JSON.stringify(payload));
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", salted)));
}

/** Tell the version of these pages. */
export const shellVersion = () => document.documentElement.dataset.version ?? "";

const newestFirst = (rows) => rows.sort((one, other) => other.rank - one.rank);
const nameOf = (payload) => `${payload.kind} ${payload.receipt ?? payload.of ?? uuid()}`;
const asSent = ({ id, event, kid, seq, sealed: bytes }) => ({ id, event, kid, seq, sealed: base64(bytes) });

/** Write numbers, smallest first, as first and last of each run. */
function runs(numbers) {
  const found = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found;
}
