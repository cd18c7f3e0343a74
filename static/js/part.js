/**
 * Brings the map of a route or a place into its profile: the part of another page, as this reader may see it.
 *
 *   <section data-part="/en/maps/mtm/routes/of/route/…/" data-embedded hidden><h2>…</h2></section>
 *
 * The profile's own bytes are shared by its readers; what of the map each may see is asked here. Where the reader sees
 * none, the section stays hidden.
 */

function once(tag, attribute, address, further = {}) {
  const held = [...document.head.querySelectorAll(tag)].find((node) => node[attribute] === address);
  if (held) return Promise.resolve();
  return new Promise((done, fail) => {
    const node = Object.assign(document.createElement(tag), { [attribute]: address, onload: done, onerror: fail, ...further });
    document.head.append(node);
  });
}

async function bring(section) {
  const answer = await fetch(section.dataset.part);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector('[data-part="routes"]');
  const sheets = [...page.head.querySelectorAll('link[rel="stylesheet"]:not([media])')].map(({ href }) => href);
  const scripts = [...page.head.querySelectorAll("script[src]:not([type])")].map(({ src }) => src);
  await Promise.all([
    ...sheets.map((href) => once("link", "href", href, { rel: "stylesheet" })),
    ...scripts.map((src) => once("script", "src", src)),
  ]);
  section.append(...part.childNodes);
  section.hidden = false;
  await import("./routes.js");
}

for (const section of document.querySelectorAll("section[data-part]")) bring(section);
