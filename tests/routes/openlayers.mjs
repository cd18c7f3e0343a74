// Reads a FeatureCollection as web maps built on OpenLayers do, and prints how many of its features they keep.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [file, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/`));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const [{ default: GeoJSON }, { default: VectorSource }] = await Promise.all([
  load("ol/format/GeoJSON.js"),
  load("ol/source/Vector.js"),
]);
const features = new GeoJSON().readFeatures(JSON.parse(readFileSync(file, "utf8")));
const source = new VectorSource();
source.addFeatures(features);
console.log(JSON.stringify({ read: features.length, kept: source.getFeatures().length }));
