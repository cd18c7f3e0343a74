/**
 * The rows of a file that the desk brought in, on django-leaflet's map: what is new, changed, as it is, or refused.
 *
 *   <script type="application/json" id="import-rows">[{effect, name, coordinates}, …]</script>
 *
 * Coordinates are [lon, lat] of a point, a list of such of a line, in WGS 84 degrees. Leaflet is the global L and takes
 * latitude first.
 */

const DOT_PX = 6;
const ASK_AGAIN_MS = 3000; // while the worker is at it

const isLine = ({ coordinates }) => Array.isArray(coordinates[0]);
const latLon = ([lon, lat]) => [lat, lon];

function drawn(row) {
  const className = `import-row is-${row.effect}`;
  const layer = isLine(row)
    ? L.polyline(row.coordinates.map(latLon), { className, fill: false })
    : L.circleMarker(latLon(row.coordinates), { className, radius: DOT_PX });
  return layer.bindTooltip(document.createTextNode(row.name || "–").textContent);
}

window.addEventListener("map:init", ({ detail: { map } }) => {
  const rows = JSON.parse(document.getElementById("import-rows").textContent);
  const group = L.featureGroup(rows.map(drawn)).addTo(map);
  map.fitBounds(group.getBounds(), { padding: [20, 20] });
});

if (document.querySelector("[data-at-work]")) setTimeout(() => location.reload(), ASK_AGAIN_MS);
