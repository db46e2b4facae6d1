// What this tablet is for at this moment, told from what it knows. No page, no network, no storage.

export const ENROL = "enrol";
export const WAITING = "waiting"; // enrolled, and has heard nothing yet
export const UNKNOWN = "device_unknown";
export const CLOSED = "device_closed";
export const LOST = "device_lost";
export const DRAIN = "drain_only";
export const NO_EVENT = "no_event";
export const OVER = "over";
export const UNSAFE = "unsafe"; // no key, nothing to sign, or a disk that does not keep
export const PREFLIGHT = "preflight"; // not looked over yet
export const SIGNING = "signing";

/** Which states come from the server as they are. */
const SAID = { device_unknown: UNKNOWN, device_closed: CLOSED, device_lost: LOST, lost: LOST, drain_only: DRAIN };

/**
 * Tell what to show. `said` is what the server said last of this tablet, `sound` whether a strict write and the
 * key held, `lookedOver` whether the checks were passed once since the tablet was enrolled.
 */
export function situationOf({ enrolled, pack, said, now, sound, lookedOver }) {
  if (!enrolled) return ENROL;
  const told = SAID[said] ?? SAID[pack?.state];
  if (told && told !== DRAIN) return told;
  if (!pack) return told ?? WAITING;
  if (told) return told;
  if (!pack.event) return NO_EVENT;
  if (now > Date.parse(pack.event.collect_until)) return OVER;
  if (!sound) return UNSAFE;
  return lookedOver ? SIGNING : PREFLIGHT;
}
