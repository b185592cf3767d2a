// One-click sentences: a button adds its sentence to the text it stands beside. Without JavaScript they are a list.
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-phrase]");
  if (!button) return;
  const text = document.getElementById(button.dataset.into);
  const before = text.value.replace(/\s+$/, "");
  text.value = before ? `${before}\n${button.dataset.phrase}` : button.dataset.phrase;
  text.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
});
