// Practising: the same screens, and signatures that can never count. What is signed is sealed to a key
// that is thrown away, never reaches the outbox or the network, and is gone when training ends.

import { generateKey } from "../seal.js";
import { battery } from "./desk.js";
import { sealed } from "./envelope.js";
import { uuid } from "./ids.js";
import { openLast } from "./last.js";
import { openShifts } from "./shifts.js";

/** What a rehearsal consists of, in this order. */
export const STEPS = ["sign", "look", "void", "hand_over"];

/** A drawer that forgets. */
function memory() {
  const kept = new Map();
  return { get: async (name) => kept.get(name), set: async (name, value) => void kept.set(name, value) };
}

/** Open a desk to practise at. */
export function openTraining({ clock, pack }) {
  const [last, done] = [openLast(), new Set()];
  const numbers = { today: 0, safe: 0, held: 0, parked: 0, collected: 0, voided: 0, oldestHeldAt: null };
  const throwAway = generateKey().then(({ keyId, publicRaw }) => ({ id: keyId, publicRaw })); // its private half is not kept

  /** Seal as in earnest, so that it takes as long and fails alike, and keep nothing of it. */
  async function drop(payload) {
    const id = uuid();
    await sealed(payload, { event: uuid(), key: await throwAway, install: uuid(), id });
    return { id, seq: numbers.collected };
  }
  const book = openShifts({
    settings: memory(), now: clock.now, uuid, numbers: async () => numbers, battery, event: () => "training",
  });
  return {
    training: true,
    pack,
    done,
    battery,
    now: clock.now,
    numbers: () => numbers,
    count: async () => numbers,
    busy: () => false,
    state: () => ({ colour: "green", reasons: [], heardAt: clock.now(), serverState: "active" }),
    send: async () => true,
    last: () => last.get(),
    looked: () => void done.add("look"),
    async sign(payload) {
      const kept = await drop(payload);
      for (const name of ["today", "safe", "collected"]) numbers[name] += 1;
      last.add({ id: kept.id, petition: payload.petition });
      done.add("sign");
      return kept;
    },
    async takeBack() {
      const it = last.get();
      if (!it) return false;
      await drop({ v: 1, kind: "void", of: it.id, hour: clock.hour() });
      last.forget(it.id);
      numbers.voided += 1;
      done.add("void");
      return true;
    },
    shifts: { ...book, handOver: async (alias) => (await book.handOver(alias), void done.add("hand_over")) },
  };
}
