// Sharing with what the phone itself has: its own sheet, or its clipboard. Nobody else is asked, and
// the address to copy by hand and the mail stand there without this.

const area = document.querySelector("[data-share]");
const [send, copy, said] = ["[data-send]", "[data-copy]", "[role=status]"].map((it) => area?.querySelector(it));
const { share: url, title } = area?.dataset ?? {};

if (send && navigator.share) {
  send.hidden = false;
  send.addEventListener("click", () => navigator.share({ title, url }).catch(() => {})); // changed their mind
}
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(url);
      said.textContent = copy.dataset.copy;
    } catch {
      getSelection().selectAllChildren(area.querySelector(".copy")); // one touch away from copying it
    }
  });
}
