/**
 * Decodes the base map: quantised TopoJSON, in which neighbours share their arcs, to GeoJSON.
 * Coordinates come out as [lon, lat] in WGS 84 degrees, GeoJSON's order.
 */

/** Every arc as a list of [lon, lat]: the file holds steps of its grid, each counted from the one before. */
function decodeArcs({ arcs, transform }) {
  const [scaleX, scaleY] = transform.scale;
  const [west, south] = transform.translate;
  return arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([stepX, stepY]) => {
      x += stepX;
      y += stepY;
      return [west + x * scaleX, south + y * scaleY];
    });
  });
}

/** The line along some arcs; ~index (a negative number) is the arc backwards. Neighbouring arcs share an end. */
function line(indexes, arcs) {
  const points = [];
  for (const index of indexes) {
    const arc = index < 0 ? arcs[~index].toReversed?.() ?? [...arcs[~index]].reverse() : arcs[index];
    for (let at = points.length ? 1 : 0; at < arc.length; at += 1) points.push(arc[at]);
  }
  return points;
}

const GEOMETRY = {
  Polygon: (rings, arcs) => rings.map((ring) => line(ring, arcs)),
  MultiPolygon: (polygons, arcs) => polygons.map((rings) => rings.map((ring) => line(ring, arcs))),
  MultiLineString: (lines, arcs) => lines.map((indexes) => line(indexes, arcs)),
};

/** The features of the topology's objects, by object name: {countries: [Feature, …], lines: [Feature, …]}. */
export function decode(topology) {
  const arcs = decodeArcs(topology);
  const features = ({ geometries }) =>
    geometries.map(({ type, properties, arcs: indexes }) => ({
      type: "Feature",
      properties,
      geometry: { type, coordinates: GEOMETRY[type](indexes, arcs) },
    }));
  return Object.fromEntries(Object.entries(topology.objects).map(([name, object]) => [name, features(object)]));
}
