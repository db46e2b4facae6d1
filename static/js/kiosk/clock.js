// The tablet's idea of the time: its own clock, corrected by what the server said last. A donated
// tablet may believe in any year; what it seals carries an hour, and the stall code depends on it.

const HOUR = 3_600_000;

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
   * asked for. The server spoke somewhere between; if that took long, it tells little.
   */
  learn(serverTime, came, took) {
    const said = Date.parse(serverTime);
    if (Number.isNaN(said) || (known && took > 10_000)) return shift;
    const found = Math.round(said - (came - took / 2));
    // Small differences are the network's; a clock that jumps back and forth helps nobody.
    if (!known || Math.abs(found - shift) > 1_000) shift = found;
    known = true;
    return shift;
  },

  /** Take up what an earlier start had learned (milliseconds to add to our own clock). */
  recall(before) {
    if (Number.isFinite(before) && !known) [shift, known] = [before, true];
  },
};

export const { now, hour, offset } = clock;
