/**
 * Brings what another room shows of a subject into a page whose own bytes are shared by its readers.
 *
 *   <div data-fragment="/en/news/of/morocco/"><a href="…">…</a></div>
 *
 * What is there without this script (a link) gives way to what comes, and to nothing where this reader may see nothing.
 */

async function bring(place) {
  const answer = await fetch(place.dataset.fragment);
  if (!answer.ok) return;
  const came = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...came.body.childNodes);
  place.hidden = place.childElementCount === 0;
}

for (const place of document.querySelectorAll("[data-fragment]")) bring(place);
