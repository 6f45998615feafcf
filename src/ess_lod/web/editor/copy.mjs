// Copies what the query page serves into ../static/yasgui: the built Yasgui, our own start.js and editor.css, and the licences of what is inside.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const target = join(here, "..", "static", "yasgui");

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const name of ["yasgui.min.js", "yasgui.min.css"]) {
  const built = await readFile(join(modules, "@zazuko", "yasgui", "build", name), "utf8");
  // the source maps, 3 MB, stay behind: browsers must not look for them
  await writeFile(join(target, name), built.replace(/\n(?:\/\/|\/\*)# sourceMappingURL=[^\n]*/g, "\n"));
}
for (const name of ["start.js", "editor.css"]) await copyFile(join(here, name), join(target, name));

const lock = JSON.parse(await readFile(join(here, "package-lock.json"), "utf8"));
const notices = [];
for (const [path, about] of Object.entries(lock.packages).sort()) {
  if (!path.startsWith("node_modules/")) continue;
  const folder = join(here, path);
  const files = (await readdir(folder)).filter((name) => /^licen[cs]e/i.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  notices.push(`${path.slice("node_modules/".length)} ${about.version} (${about.license ?? "?"})\n\n${texts.join("\n").trim()}`.trim());
}
await writeFile(join(target, "licences.txt"), notices.join(`\n\n${"-".repeat(80)}\n\n`) + "\n");
console.log(`${target}: ${notices.length} packages`);
