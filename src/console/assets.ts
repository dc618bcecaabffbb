import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export type Asset = { readonly mediaType: string; readonly bytes: Buffer };

/** The files that pages name; nothing is fetched from anywhere else. Read once. */
export function readAssets(viewsDir: string): ReadonlyMap<string, Asset> {
  const own = (name: string): Buffer => readFileSync(join(viewsDir, "assets", name));
  const htmx = createRequire(import.meta.url).resolve("htmx.org/dist/htmx.min.js");
  return new Map([
    ["console.css", { mediaType: "text/css; charset=utf-8", bytes: own("console.css") }],
    ["verify-proof.js", { mediaType: "text/javascript; charset=utf-8", bytes: own("verify-proof.js") }],
    ["icon.svg", { mediaType: "image/svg+xml", bytes: own("icon.svg") }],
    ["htmx.js", { mediaType: "text/javascript; charset=utf-8", bytes: readFileSync(htmx) }],
  ]);
}
