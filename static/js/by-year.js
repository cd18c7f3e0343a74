/**
 * Who joined a dialogue when, on the page's map (map.js) and in the list beside it, through the years.
 *
 *   <div data-by-year>the map, sections [data-year], a form with a slider</div>
 *   <script type="application/json" id="joined">{code of a country: year | null}</script>
 */

import { started } from "./map.js";

const STEP_MS = 1200;
const page = document.querySelector("[data-by-year]");
const joined = Object.entries(JSON.parse(document.getElementById("joined").textContent));
const controls = page.querySelector("form");
const words = { play: "", pause: "" };
let timer = 0;

function show(year) {
  for (const [code, since] of joined) {
    for (const path of page.querySelectorAll(`path[data-code="${code}"]`)) {
      path.classList.toggle("is-lit", since !== null && since <= year);
      path.classList.toggle("is-new", since === year);
    }
  }
  for (const section of page.querySelectorAll("section[data-year]")) {
    section.classList.toggle("is-later", Number(section.dataset.year) > year);
    section.classList.toggle("is-now", Number(section.dataset.year) === year);
  }
  controls.elements.year.value = year;
  controls.querySelector("output").textContent = year;
}

function stop(button) {
  window.clearInterval(timer);
  timer = 0;
  button.setAttribute("aria-pressed", "false");
  button.textContent = words.play;
}

function play(button, { min, max, value }) {
  let year = Number(value) >= Number(max) ? Number(min) - 1 : Number(value);
  const step = () => {
    year += 1;
    show(year);
    if (year >= Number(max)) stop(button);
  };
  button.setAttribute("aria-pressed", "true");
  button.textContent = words.pause;
  timer = window.setInterval(step, STEP_MS);
  step();
}

async function begin() {
  await started.get(page.querySelector(".imap-map"));
  const { year } = controls.elements;
  const button = controls.querySelector('[data-step="play"]');
  words.play = button.textContent;
  words.pause = button.dataset.pause;
  for (const hidden of [controls, page.querySelector(".by-year-legend")]) hidden.hidden = false;
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.addEventListener("input", () => {
    stop(button);
    show(Number(year.value));
  });
  button.addEventListener("click", () => (timer ? stop(button) : play(button, year)));
  show(Number(year.value));
}

if (controls) begin();
