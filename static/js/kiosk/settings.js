// What the tablet remembers for its own comfort: the pack, the language, shifts, when it last heard
// of the server. Nothing of a signer, and nothing that cannot be fetched again: a database that does
// not open is thrown away and begun anew. The outbox lies in another one that never is.

import { Database, got } from "./database.js";

const NAME = "lantern-settings";
const STORE = "settings";

const database = new Database(NAME, (db) => db.createObjectStore(STORE));
// What this page has set or seen, so that a disk that fails does not take the language away.
const seen = new Map();

async function tried(work) {
  try {
    return await work();
  } catch {
    await rebuilt();
    return work();
  }
}

function rebuilt() {
  database.close();
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(NAME);
    // Blocked or not: the next opening tells.
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}

async function changed(store, name, change) {
  const next = change(await got(store.get(name)));
  if (next === undefined) store.delete(name);
  else store.put(next, name);
  return next;
}

export const settings = {
  /** Give what was set, or undefined. */
  async get(name) {
    try {
      const value = await tried(() => database.read([STORE], (tx) => got(tx.objectStore(STORE).get(name))));
      return value === undefined ? seen.get(name) : value;
    } catch {
      return seen.get(name);
    }
  },

  /** Set a value (undefined forgets it). It holds in this page at least, even if the disk is full. */
  async set(name, value) {
    return settings.update(name, () => value);
  },

  /** Change a value by what it is; two pages never overwrite each other's change. Gives the new one. */
  async update(name, change) {
    try {
      const value = await tried(() => database.write([STORE], (tx) => changed(tx.objectStore(STORE), name, change)));
      seen.set(name, value);
      return value;
    } catch {
      const value = change(seen.get(name));
      seen.set(name, value);
      return value;
    }
  },

  /** Forget everything. */
  async clear() {
    seen.clear();
    await rebuilt();
  },
};
