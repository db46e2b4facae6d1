// What survives when the browser throws the database away: how far each numbering had come. Install,
// event and next number, nothing else, so that the gap report can name what was lost to the number.
// Browsers evict cookies and databases apart from each other. The server never reads this cookie.
//
//   lantern-kiosk = <install>.<event>.<next>~<install>.<event>.<next>…      newest last

const NAME = "lantern-kiosk";
const MOST = 30; // some 75 letters each; a cookie takes 4,096
const YEAR = 31_536_000;
const ENTRY = /^([0-9a-f]{32})\.([0-9A-Za-z-]{1,40})\.([1-9][0-9]{0,8})$/;

function read() {
  const said = document.cookie.split("; ").find((it) => it.startsWith(`${NAME}=`));
  const entries = (said?.slice(NAME.length + 1) ?? "").split("~").map((it) => ENTRY.exec(it));
  return entries
    .filter(Boolean)
    .map(([, install, event, next]) => ({ install, event, next: Number(next) }));
}

function write(entries) {
  const text = entries.slice(-MOST).map((it) => `${it.install}.${it.event}.${it.next}`);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = text.length ? YEAR : 0;
  document.cookie = `${NAME}=${text.join("~")}; Path=/kiosk/; Max-Age=${age}; SameSite=Strict${secure}`;
}

const same = (one, install, event) => one.install === install && one.event === event;

export const countCookie = {
  /** List what is remembered: { install, event, next }. */
  all: read,

  /** Tell the next number of an install at an event, as far as is remembered; 1 if nothing is. */
  next: (install, event) => read().find((it) => same(it, install, event))?.next ?? 1,

  /** Remember a next number; it never goes back. */
  raise(install, event, next) {
    const entries = read();
    const before = entries.find((it) => same(it, install, event))?.next ?? 1;
    const others = entries.filter((it) => !same(it, install, event));
    if (next > before) write([...others, { install, event, next }]);
  },

  /** Forget what was remembered of the installs that `gone` picks. */
  forget(gone) {
    const entries = read();
    const kept = entries.filter((it) => !gone(it.install));
    if (kept.length < entries.length) write(kept);
  },
};
