// Who stands at this tablet: an alias and hours, reported with the next batch. A shift that ends, and
// one that is handed over, never touches what waits to be sent.

const KEPT = "shifts";
const MOST = 40; // letters of an alias
const WRITTEN = 50; // shifts that are remembered

/** Read an alias as people type it. */
export const asAlias = (typed) => typed.normalize("NFC").replace(/\s+/g, " ").trim().slice(0, MOST);

/**
 * Open the book of shifts. `numbers()` gives what the tablet counts (`collected`, `held`), `battery()`
 * per cent or null, `event()` the uid of the event or null.
 */
export function openShifts({ settings, now, uuid, numbers, battery, event }) {
  const at = () => new Date(now()).toISOString();
  const read = async () => (await settings.get(KEPT)) ?? [];
  const keep = (book) => settings.set(KEPT, book.slice(-WRITTEN));
  const running = (book) => book.findLast((it) => !it.ended_at && it.event === event()) ?? null;

  async function closed(shift, handedOver) {
    const { collected, held } = await numbers();
    const taken = Math.max(0, collected - shift.before);
    return { ...shift, ended_at: at(), collected: taken, held, battery: await battery(), handed_over: handedOver };
  }
  async function opened(alias) {
    const { collected, held } = await numbers();
    const place = { id: uuid(), event: event(), alias: asAlias(alias), started_at: at(), ended_at: null };
    return { ...place, collected: 0, held, battery: await battery(), handed_over: false, before: collected };
  }
  async function change(handedOver, next) {
    const book = await read();
    const old = running(book);
    const rest = book.filter((it) => it !== old);
    const ended = old ? [await closed(old, handedOver)] : [];
    await keep([...rest, ...ended, ...(next ? [await opened(next)] : [])]);
  }

  return {
    current: async () => running(await read()),
    /** What the shift of now would report if it ended. */
    async soFar() {
      const shift = running(await read());
      return shift && (await closed(shift, false));
    },
    start: (alias) => change(false, alias),
    end: () => change(false, null),
    handOver: (alias) => change(true, alias),
  };
}
