/**
 * The twin of the map, text and tables, while a nationality is chosen: each cell of figures says that nationality's own.
 *
 * What the server wrote stands there again when the choice is taken back.
 */

import { markNarrower } from "./route-facts.js";
import { figureIn } from "./route-moment.js";

export function createTwin(twin, content) {
  if (!twin) return { tell() {} };
  const areaOf = new Map(content.routes.map(({ slug, area }) => [slug, area]));
  const note = twin.querySelector("[data-twin-note]");
  const rows = [...twin.querySelectorAll("tr[data-route], tr[data-area]")].map((row) => ({
    area: content.areas[row.dataset.area ?? areaOf.get(row.dataset.route)],
    period: row.closest("details").id.slice("year-".length),
    cells: ["detections", "deaths"].map((name) => row.querySelector(`[data-cell="${name}"]`)),
  }));
  const written = new Map(rows.flatMap(({ cells }) => cells).map((cell) => [cell, [...cell.childNodes]]));
  let told = content.nationality;

  function tellRow({ area, period, cells: [detections, deaths] }, nationality) {
    const figure = figureIn(area, { period, nationality });
    detections.textContent = figure?.text ?? content.words.noneOfNationality;
    if (figure) markNarrower(detections, figure, content.words);
    deaths.textContent = content.words.notAvailable;
  }

  return {
    tell(nationality) {
      if (nationality === told) return;
      told = nationality;
      note.hidden = !nationality;
      note.textContent = content.words.ofNationality.replace("{name}", content.nationalities[nationality] ?? "");
      if (nationality) rows.forEach((row) => tellRow(row, nationality));
      else for (const [cell, nodes] of written) cell.replaceChildren(...nodes);
    },
  };
}
