// What the volunteer's view can do, for real: saving, counting, taking back, shifts, the last resort.
// Training has a desk of its own with the same drawers (training.js).

import { publicKeyFrom } from "../seal.js";
import { openLast } from "./last.js";
import { openShifts } from "./shifts.js";
import { uuid } from "./ids.js";

const NOTHING = { today: 0, safe: 0, held: 0, parked: 0, collected: 0, voided: 0, oldestHeldAt: null };

/** Per cent of the battery, or null where the browser does not tell. */
export async function battery() {
  const told = await navigator.getBattery?.().catch(() => null);
  return told ? Math.round(told.level * 100) : null;
}

/** Ask the server now; tells whether it answered. */
export async function reached(sync) {
  const before = sync.state().heardAt;
  // The first may have joined a flight that had its answer already; the second is our own.
  for (let tries = 0; tries < 2; tries++) {
    await sync.now();
    if (sync.state().heardAt !== before) return true;
  }
  return false;
}

/** Open the desk. `pack()` is what the tablet was told, `sync` its line to the server. */
export function openDesk({ outbox, settings, clock, sync, pack }) {
  const event = () => pack()?.event?.uid ?? null;
  const last = openLast();
  const keys = new Map();
  let [numbers, working] = [NOTHING, 0];

  /** Count anew; a disk that does not answer leaves what was counted last. */
  async function count() {
    numbers = event() ? await outbox.counts(event()).catch(() => numbers) : NOTHING;
    return numbers;
  }
  async function key() {
    const { id, public: text } = pack().event.key;
    if (!keys.has(id)) keys.set(id, { id, publicRaw: await publicKeyFrom(text) });
    return keys.get(id);
  }
  async function put(payload) {
    const item = { event: event(), key: await key(), payload };
    try {
      return await outbox.add(item);
    } catch {
      // A disk that takes nothing more: straight to the server, or nothing was signed.
      return await outbox.sendDirectly(item);
    }
  }
  async function save(payload) {
    working += 1;
    try {
      const kept = await put(payload);
      await count();
      sync.now();
      return kept;
    } finally {
      working -= 1;
    }
  }

  const desk = {
    training: false,
    pack,
    count,
    battery,
    now: clock.now,
    numbers: () => numbers,
    /** Whether something is on its way to the disk just now. */
    busy: () => working > 0,
    state: () => sync.state(),
    send: () => reached(sync),
    exportFile: () => outbox.exportFile(),
    last: () => last.get(),
    async sign(payload) {
      const kept = await save(payload);
      last.add({ id: kept.id, petition: payload.petition });
      return kept;
    },
    /** Take back the last signature, as an item of its own; false if two minutes are over. */
    async takeBack() {
      const it = last.get();
      if (!it) return false;
      await save({ v: 1, kind: "void", of: it.id, hour: clock.hour() });
      last.forget(it.id);
      return true;
    },
  };
  desk.shifts = openShifts({ settings, now: clock.now, uuid, numbers: count, battery, event });
  return desk;
}
