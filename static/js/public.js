// Where JavaScript runs: the count stays fresh while somebody looks, and an impatient thumb sends
// a form once. Every page works without this.

const LOOK = 5000; // milliseconds between looks, and up to half more, so that phones spread out
const REST = 60000; // after failures; also how seldom a screen reader hears of a change
const format = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: true, numberingSystem: "latn" });

function write(sum, text, number) {
  const big = sum.querySelector("b");
  const at = text.indexOf(number);
  if (!big || at < 0) return void (sum.textContent = text);
  big.textContent = number;
  big.className = "roll"; // a class that stays rolls once
  if (big.previousElementSibling) big.previousElementSibling.textContent = text.slice(0, at);
  big.nextElementSibling.textContent = text.slice(at + number.length);
}

function follow(tally) {
  const [sum, bar, speech] = [".sum", "progress", "[role=status]"].map((it) => tally.querySelector(it));
  let [wait, timer, spoken] = [LOOK, 0, 0];
  async function look() {
    if (document.hidden || !navigator.onLine) return; // the events below begin again
    try {
      const answer = await fetch(tally.dataset.url, { credentials: "omit" });
      const { counted, text } = await answer.json();
      wait = LOOK;
      if (text !== sum.textContent.trim()) {
        write(sum, text, format.format(counted));
        if (bar) bar.value = Math.min(counted, bar.max);
        if (Date.now() > spoken + REST) [speech.textContent, spoken] = [text, Date.now()];
      }
    } catch {
      wait = Math.min(wait * 2, REST);
    }
    later();
  }
  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, wait * (1 + Math.random() / 2));
  }
  addEventListener("online", later);
  document.addEventListener("visibilitychange", later);
  later();
}

document.querySelectorAll(".tally[data-url]").forEach(follow);
document.querySelectorAll("form[data-once]").forEach((form) => {
  form.addEventListener("submit", (event) => form.dataset.sent ? event.preventDefault() : (form.dataset.sent = "yes"));
  addEventListener("pageshow", () => delete form.dataset.sent); // back again: it may be sent again
});
