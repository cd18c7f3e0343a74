/** A small chart of a figure by year, as SVG: bars in the order of reading, the chosen year marked. */

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, FOOT] = [320, 96, 14]; // units of the view box

function node(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

/**
 * rows: [{year, value, words}], by year. Bars grow with the value, from zero. Time runs from left to right in every
 * language, as on the slider beside it.
 */
export function barChart(rows, { current, title, onChoose }) {
  const chart = node("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "bar-chart", role: "group", "aria-label": title });
  const most = Math.max(...rows.map(({ value }) => value), 1);
  const step = WIDTH / rows.length;
  rows.forEach(({ year, value, words }, index) => {
    const height = Math.max(1, ((HEIGHT - FOOT) * value) / most);
    const bar = node("rect", {
      x: (index * step + 1).toFixed(1), y: (HEIGHT - FOOT - height).toFixed(1), width: (step - 2).toFixed(1),
      height: height.toFixed(1), class: year === current ? "is-current" : "", role: "button", tabindex: "0",
      "aria-label": `${year}: ${words}`, "data-year": year,
    }, chart);
    node("title", {}, bar).textContent = `${year}: ${words}`;
    bar.addEventListener("click", () => onChoose(year));
    bar.addEventListener("keydown", (event) => event.key === "Enter" && onChoose(year));
  });
  for (const [at, anchor] of [[0, "start"], [rows.length - 1, "end"]]) {
    const label = node("text", { x: at ? WIDTH - 1 : 1, y: HEIGHT - 2, "text-anchor": anchor }, chart);
    label.textContent = rows[at]?.year ?? "";
  }
  return chart;
}
