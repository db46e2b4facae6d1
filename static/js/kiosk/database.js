// One IndexedDB database that heals itself: opened without a version number, opened again when the
// browser closed it, and every change reported only when it is on the disk.
//
// Opening without a number takes whatever version is there. An older shell that meets a newer
// database would otherwise get a VersionError and stand there with signatures locked in.

// A transaction that says nothing for so long will not say anything: somebody waits for an answer.
const PATIENCE = 10_000;

/** Nothing was kept: the disk is full, the browser closed the database, or it is gone. */
export class StorageFailed extends Error {
  name = "StorageFailed";

  constructor(code, cause) {
    // The name of an error of the browser's, never its text: it may tell what was to be kept.
    super(cause?.name ? `${code} (${cause.name})` : code);
    this.code = code;
  }
}

/** Wait for one request inside a transaction. */
export const got = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Database {
  #name;
  #setUp;
  #opening = null;

  /** `setUp(db)` makes the stores, once in the life of a database. */
  constructor(name, setUp) {
    this.#name = name;
    this.#setUp = setUp;
  }

  /**
   * Do some work in one transaction and give what it returns, once all of it is on the disk.
   * `work(tx)` may await its own requests only. Whatever goes wrong, nothing of it was kept, or
   * (after a "timeout" or a lost connection) it may have been: work must bear being done again.
   */
  async run(stores, mode, work) {
    try {
      return await this.#once(stores, mode, work);
    } catch (failed) {
      // The connection had died (memory pressure, another tab's upgrade): a new one, once.
      if (!(failed instanceof StorageFailed) || failed.code !== "closed") throw failed;
      this.close();
      return this.#once(stores, mode, work);
    }
  }

  read = (stores, work) => this.run(stores, "readonly", work);
  write = (stores, work) => this.run(stores, "readwrite", work);

  /** Let go of the connection; the next work opens another. */
  close() {
    this.#opening?.then((db) => db.close()).catch(() => {});
    this.#opening = null;
  }

  async #once(stores, mode, work) {
    const db = await this.#open();
    const opened = this.#opening;
    let tx;
    try {
      // Strict: the browser says "complete" when the disk has it, not when the system promises to.
      tx = db.transaction(stores, mode, { durability: "strict" });
    } catch (closed) {
      const code = closed.name === "InvalidStateError" ? "closed" : "not_kept";
      throw new StorageFailed(code, closed);
    }
    try {
      return await finished(tx, work);
    } catch (failed) {
      // The connection died under our hands: whether it was kept, the next look tells.
      throw opened === this.#opening ? failed : new StorageFailed("closed", failed);
    }
  }

  #open() {
    this.#opening ??= this.#opened().catch((failed) => {
      this.#opening = null;
      throw failed;
    });
    return this.#opening;
  }

  #opened() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new StorageFailed("timeout")), PATIENCE);
      const failed = (cause) => {
        clearTimeout(timer);
        reject(new StorageFailed("not_opened", cause));
      };
      let request;
      try {
        request = indexedDB.open(this.#name);
      } catch (cause) {
        return failed(cause);
      }
      request.onupgradeneeded = () => this.#setUp(request.result);
      request.onerror = () => failed(request.error);
      request.onsuccess = () => {
        clearTimeout(timer);
        resolve(this.#watched(request.result));
      };
    });
  }

  #watched(db) {
    const forget = () => {
      this.#opening = null;
    };
    db.onclose = forget;
    // Another tab wants to change or remove the database: it must not wait for us.
    db.onversionchange = () => {
      db.close();
      forget();
    };
    return db;
  }
}

function finished(tx, work) {
  return new Promise((resolve, reject) => {
    let result;
    let thrown = null;
    const ended = (settle, value) => {
      clearTimeout(timer);
      settle(value);
    };
    const timer = setTimeout(() => {
      reject(new StorageFailed("timeout"));
      undo(tx);
    }, PATIENCE);
    tx.oncomplete = () => (thrown ? tx.onabort() : ended(resolve, result));
    // A full disk shows as any of DataError, UnknownError, QuotaExceededError: each abort is a failure.
    tx.onabort = () => ended(reject, thrown instanceof StorageFailed ? thrown : failure(tx, thrown));
    Promise.resolve(work(tx)).then(
      (value) => {
        result = value;
      },
      (cause) => {
        thrown = cause;
        undo(tx);
      },
    );
  });
}

function failure(tx, thrown) {
  const cause = tx.error ?? thrown;
  return new StorageFailed(cause?.name === "InvalidStateError" ? "closed" : "not_kept", cause);
}

function undo(tx) {
  try {
    tx.abort();
  } catch {
    // It has ended by itself; its own event says how.
  }
}
