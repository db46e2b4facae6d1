// The page after giving: copies what is copied, and looks whether the bank has told us by now.
// Without this script the page has all of it, too: text to select and a button to look again.

const said = document.querySelector("[data-copied]");

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    said.textContent = "";
    setTimeout(() => { said.textContent = said.dataset.copied; }, 50);
    button.classList.add("done");
  });
}

const EVERY = 4000;
const TURNS = 15;

// Asks for this very page again, and shows it only if it says something else: nobody's reading is disturbed.
async function look(turn) {
  const shown = document.querySelector("[data-waits]");
  if (!shown || turn > TURNS) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-gift]");
    if (answer.ok && now && now.dataset.gift !== shown.dataset.gift) return location.reload();
  } catch {
    // no network at the moment: the next turn may have one
  }
  setTimeout(look, EVERY, turn + 1);
}
setTimeout(look, 1500, 1);
