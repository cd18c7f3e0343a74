/**
 * Walks a reader through a guided story: its steps (ol[data-routes="steps"] > li[data-year]…) stand one by one beside the
 * map, which shows what each of them is about. Without a script they stand one under the other, as text.
 */

import { ready } from "./routes.js";

const steps = [...document.querySelectorAll('[data-routes="steps"] > li')];
const [back, on] = ["back", "on"].map((word) => document.querySelector(`[data-story="${word}"]`));
const where = document.querySelector('[data-story="where"]');

function stateOf({ dataset }, layers) {
  const wanted = dataset.layers.split(" ").filter(Boolean);
  return {
    year: Number(dataset.year), quarter: dataset.quarter, route: dataset.route, place: "", mode: "", nationality: "",
    off: wanted.length ? layers.filter((slug) => !wanted.includes(slug)) : [],
  };
}

async function begin() {
  const { map, show } = await ready;
  const layers = [...document.querySelectorAll('[name="layer"]')].map(({ value }) => value);
  let now = 0;
  const go = (index) => {
    now = Math.max(0, Math.min(steps.length - 1, index));
    steps.forEach((step, number) => step.toggleAttribute("hidden", number !== now));
    const [lat, lng, zoom] = steps[now].dataset.view.split(",").map(Number);
    map.setView([lat, lng], zoom);
    show(stateOf(steps[now], layers));
    back.disabled = now === 0;
    on.disabled = now === steps.length - 1;
    where.textContent = `${now + 1} / ${steps.length}`;
  };
  back.hidden = on.hidden = false;
  back.addEventListener("click", () => go(now - 1));
  on.addEventListener("click", () => go(now + 1));
  go(0);
}

if (steps.length) begin();
