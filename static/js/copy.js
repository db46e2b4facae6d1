// Buttons that copy what a field holds. Without this the text stands there to be copied by hand.

document.querySelectorAll("button[data-copy]").forEach((button) => {
  const [field, area] = [document.getElementById(button.dataset.copy), button.closest("[data-copied]")];
  if (!navigator.clipboard || !field || !area) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      area.querySelector("[role=status]").textContent = area.dataset.copied;
    } catch {
      field.select(); // one touch away from copying it
    }
  });
});
