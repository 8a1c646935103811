/** Licences of the libraries that went into the bundles, as their licences ask for. */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @param {readonly import("esbuild").Metafile[]} metafiles of the bundles that are shipped
 * @returns {string} one section per package, by name
 */
export function noticesOf(metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const packages = inputs.flatMap(
    (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  const sections = [...new Set(packages)].sort().map(sectionOf);
  return `Onset contains the following libraries.\n\n${sections.join("\n")}`;
}

/** @param {string} folder of a package */
function sectionOf(folder) {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, "package.json"), "utf8"),
  );
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notices?|copyright)/i.test(file))
    .sort()
    .map((file) => readFileSync(path.join(folder, file), "utf8").trim());
  const rule = "=".repeat(80);
  return `${rule}\n${name} ${version} (${license})\n${rule}\n\n${texts.join("\n\n")}\n`;
}
