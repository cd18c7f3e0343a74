/**
 * Names for what is being written into a search box.
 *
 *   <input list="…" data-suggestions="address that answers ?q= with {names: […]}">
 */

const WAIT_MS = 180;
const FEWEST_LETTERS = 2;

for (const box of document.querySelectorAll("input[data-suggestions]")) {
  let timer = 0;
  let asked = new AbortController();
  box.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(async () => {
      asked.abort();
      asked = new AbortController();
      if (box.value.trim().length < FEWEST_LETTERS) return;
      const answer = await fetch(`${box.dataset.suggestions}?${new URLSearchParams({ q: box.value })}`, { signal: asked.signal }).catch(() => null);
      if (!answer?.ok) return;
      const { names } = await answer.json();
      box.list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
    }, WAIT_MS);
  });
}
