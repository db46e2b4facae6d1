// The tablet's idea of the time: its own clock, corrected by what the server said last. A donated
// tablet may believe in any year; what it seals carries an hour, and the stall code depends on it.

const HOUR = 3_600_000;
const SLACK = 60_000; // clocks that were put right by hand, or that drift

let shift = 0;
let known = false;

export const clock = {
  /** Give milliseconds since 1970 by the corrected clock. */
  now: () => Date.now() + shift,

  /** Count the whole hours since 1970-01-01 UTC. */
  hour: () => Math.floor((Date.now() + shift) / HOUR),

  /** Tell by how many milliseconds our own clock is ahead of the server's (behind, if negative). */
  offset: () => -shift,

  /** Tell whether a server ever said what time it is. */
  known: () => known,

  /**
   * Learn from an answer that came when our own clock said `came`, `took` milliseconds after it was
   * asked for. The server spoke somewhere between, so what we find may be wrong by half of that.
   */
  learn(serverTime, came, took) {
    const said = Date.parse(serverTime);
    if (Number.isNaN(said)) return;
    const found = Math.round(said - (came - took / 2));
    // A clock that jumps back and forth with the network helps nobody.
    if (!known || Math.abs(found - shift) > Math.max(1_000, took / 2)) shift = found;
    known = true;
  },

  /** Give what a later start needs to know. */
  keep: () => ({ shift, at: clock.now() }),

  /**
   * Take up what an earlier start kept. Meanwhile somebody may have set our own clock, so the offset
   * counts only if it leads to the likelier time: not before the moment when it was kept, and nearer
   * to it. If both lie before it, it is that moment at least.
   */
  recall(kept) {
    if (known || !Number.isFinite(kept?.shift) || !Number.isFinite(kept.at)) return;
    const own = Date.now();
    const likely = [kept.shift, 0].filter((it) => own + it >= kept.at - SLACK);
    shift = likely.sort((one, other) => one - other)[0] ?? kept.at - own;
    known = true;
  },
};

export const { now, hour, offset } = clock;
