// The signatures of the last two minutes, by number only, so that a volunteer can take one back unseen.
// Kept in memory: whoever reloads the page takes nothing back here, but by the receipt.

export const WITHIN = 120_000; // milliseconds

/** Remember what was signed just now; `steady` is a clock that nobody sets. */
export function openLast({ wall = Date.now, steady = () => performance.now() } = {}) {
  let taken = [];
  // The steady clock may stop while the tablet sleeps, the other one may be set: the older age counts.
  const age = (it) => Math.max(steady() - it.steady, wall() - it.wall, 0);
  const fresh = () => (taken = taken.filter((it) => age(it) < WITHIN));

  return {
    add: (signature) => void taken.push({ ...signature, steady: steady(), wall: wall() }),
    /** The last one that can still be taken back, with its age and the time left; or null. */
    get() {
      const it = fresh().at(-1);
      return it ? { id: it.id, petition: it.petition, age: age(it), left: WITHIN - age(it) } : null;
    },
    forget: (id) => void (taken = taken.filter((it) => it.id !== id)),
  };
}
