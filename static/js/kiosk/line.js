// The line to the server: one POST or GET at a time, and a plain word for whatever came of it. An
// answer counts only if it is ours: JSON, our protocol, and (of a batch) the echo of its own name.
// A hotel's login page says 200, too.

const ROOT = "/api/v1/kiosk/";
const LONGEST = 60_000; // fifty envelopes on the slowest network that people still call one
const MOST_WAIT = 3600;

export const PROTOCOL = 1;

/** The server was not reached, or did not take what was sent; `code` says why. */
export class NotDelivered extends Error {
  name = "NotDelivered";

  constructor(code, retryAfter = 0) {
    super(code);
    this.code = code;
    /** Seconds that the server asks us to wait. */
    this.retryAfter = retryAfter;
  }
}

/**
 * Send a batch and give the answer, with when it `came` by our own clock and how long it `took`. Throws NotDelivered:
 * no_network, timeout, too_large, busy, server_trouble, or a refusal in the server's own word
 * (device_unknown, device_closed, device_lost …).
 */
export async function deliver(token, body) {
  const sent = await asked("batch", token, { method: "POST", body: JSON.stringify(body) });
  const answer = await ours(sent.response);
  if (answer.batch_id !== body.batch_id || typeof answer.results !== "object" || answer.results === null) {
    throw new NotDelivered("no_network");
  }
  return { ...answer, came: sent.came, took: sent.took };
}

/** Fetch the pack, or null if it is still the one with this ETag. */
export async function fetchPack(token, etag) {
  const headers = etag ? { "If-None-Match": etag } : {};
  const { response, came, took } = await asked("pack", token, { headers });
  if (response.status === 304) return null;
  const pack = await ours(response);
  return { pack, etag: response.headers.get("ETag") ?? "", came, took };
}

/** Compare two ETags as caches do: a proxy that compresses makes a strong one weak. */
export const bareTag = (etag) => (etag ?? "").replace(/^W\//, "").replaceAll('"', "");

async function asked(what, token, { headers = {}, ...more }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST);
  const left = performance.now(); // a clock that is set meanwhile does not move it
  try {
    const response = await fetch(ROOT + what, {
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      // No cookie, no cache, no redirect to somebody's login page.
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
      ...more,
    });
    // The body may hang as well as the head.
    const text = await response.text();
    const [came, took] = [Date.now(), performance.now() - left];
    return { response: { status: response.status, headers: response.headers, text }, came, took };
  } catch {
    throw new NotDelivered(stop.signal.aborted ? "timeout" : "no_network");
  } finally {
    clearTimeout(timer);
  }
}

function ours({ status, headers, text }) {
  // These also come from what stands before the server, in words of its own.
  if (status === 413) throw new NotDelivered("too_large");
  if (status === 429 || status === 503) throw new NotDelivered("busy", waitOf(headers.get("Retry-After")));
  const answer = parsed(text);
  if (answer?.protocol !== PROTOCOL) throw new NotDelivered(status >= 500 ? "server_trouble" : "no_network");
  if (status === 200) return answer;
  throw new NotDelivered(status >= 500 ? "server_trouble" : String(answer.error ?? "refused"));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Read Retry-After: seconds or a date; what makes no sense asks for nothing. */
export function waitOf(said, now = Date.now()) {
  if (!said) return 0;
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MOST_WAIT) : 0;
}
