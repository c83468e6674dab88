import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import test from "node:test";

const FOLDER = new URL("../../dlviz/ui/components/", import.meta.url);
const SCRIPTS = readdirSync(FOLDER, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".js"));

// name -> the names of the scripts that it imports
const IMPORTS = Object.fromEntries(
  SCRIPTS.map((name) => {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    const found = [...text.matchAll(/^import .* from "(.*)";$/gm)];
    return [name, found.map(([, place]) => posix.join(posix.dirname(name), place))];
  }),
);

for (const name of SCRIPTS) {
  test(`${name} parses, and finds all that it imports`, async () => {
    const module = await import(new URL(name, FOLDER));
    const [folder, file] = name.split("/");
    assert.equal(typeof module.default, file === `${folder}.js` ? "function" : "undefined");
  });
}

test("a script imports from its own folder and from shared/ alone", () => {
  for (const [name, found] of Object.entries(IMPORTS)) {
    const [folder] = name.split("/");
    assert.deepEqual(found.filter((place) => ![folder, "shared"].includes(place.split("/")[0])), [], name);
    assert.deepEqual(found.filter((place) => !SCRIPTS.includes(place)), [], name);
  }
});

test("no script imports itself by way of others", () => {
  const walk = (name, way) => {
    assert.ok(!way.includes(name), [...way, name].join(" imports "));
    for (const next of IMPORTS[name]) walk(next, [...way, name]);
  };
  for (const name of SCRIPTS) walk(name, []);
});
