import { createHash } from "node:crypto";
import { GuardError } from "../domain/guard-error.ts";
import type { Answer } from "./answer.ts";
import { documentedCodes, errorPage } from "./error-page.ts";
import { openApiPath } from "./openapi.ts";
import type { PublicRoute } from "./public-route.ts";
import type { Route } from "./route.ts";

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .25rem .75rem .25rem 0; vertical-align: top; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
`;

/** Nothing but this style sheet: no scripts, no forms, no requests to anybody. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The readable index of the routes and one page a code. */
export function documentationRoutes(
  routes: readonly Route[],
  publicRoutes: readonly PublicRoute[],
): readonly PublicRoute[] {
  const tag = "Documentation";
  return [
    {
      method: "get",
      path: "/docs",
      tag,
      summary: "This service in one page",
      answers: [{ status: 200, description: "HTML", mediaTypes: ["text/html"] }],
      handle: () => Promise.resolve(html("en", "subscriber-guard", indexBody(routes, publicRoutes))),
    },
    {
      method: "get",
      path: "/docs/errors",
      tag,
      summary: "Every code",
      answers: [{ status: 200, description: "HTML", mediaTypes: ["text/html"] }],
      handle: () => Promise.resolve(html("en", "Codes", codesBody())),
    },
    {
      method: "get",
      path: "/docs/errors/:code",
      tag,
      summary: "What a code means and what to do",
      answers: [{ status: 200, description: "HTML", mediaTypes: ["text/html"] }],
      handle: (req) => Promise.resolve(codeAnswer(String(req.params["code"]))),
    },
  ];
}

function indexBody(routes: readonly Route[], publicRoutes: readonly PublicRoute[]): string {
  const lines = [
    ...routes.map((route) => ({
      ...route,
      scope: route.scopes === "any" ? "any key" : route.scopes.join(" or "),
    })),
    ...publicRoutes.map((route) => ({ ...route, scope: "public" })),
  ];
  const tags = [...new Set(lines.map(({ tag }) => tag))];
  const tables = tags.map((tag) => {
    const rows = lines
      .filter((line) => line.tag === tag)
      .map(
        ({ method, path, scope, summary }) =>
          `<tr><td><code>${method.toUpperCase()} ${escaped(openApiPath(path))}</code></td>` +
          `<td>${escaped(summary)}</td><td>${escaped(scope)}</td></tr>`,
      );
    return (
      `<h2>${escaped(tag)}</h2><table><thead><tr><th scope="col">Request</th><th scope="col">What it does</th>` +
      `<th scope="col">Scope</th></tr></thead><tbody>${rows.join("")}</tbody></table>`
    );
  });
  return (
    `<p>Machine-readable: <a href="/openapi.json">openapi.json</a>. ` +
    `Every code: <a href="/docs/errors">/docs/errors</a>.</p>${tables.join("")}`
  );
}

function codesBody(): string {
  const items = documentedCodes.map(
    (code) => `<li><a href="/docs/errors/${code}"><code>${code}</code></a></li>`,
  );
  return `<ul>${items.join("")}</ul>`;
}

function codeAnswer(code: string): Answer {
  const page = errorPage(code);
  if (page === null) throw new GuardError("not_found", "no such code");
  const facts = page.facts.map(
    ([label, value]) => `<tr><th scope="row">${label}</th><td>${escaped(value)}</td></tr>`,
  );
  const sections = page.sections.map(
    ({ language, heading, meaning, nextHeading, next }) =>
      `<section lang="${language}"><h2>${escaped(heading)}</h2><p>${escaped(meaning)}</p>` +
      `<p><strong>${nextHeading}:</strong> ${escaped(next)}</p></section>`,
  );
  return html("en", page.code, `<table><tbody>${facts.join("")}</tbody></table>${sections.join("")}`);
}

function html(language: string, title: string, body: string): Answer {
  return {
    status: 200,
    headers: { "Content-Security-Policy": policy, "Cache-Control": "public, max-age=300" },
    body: {
      kind: "bytes",
      mediaType: "text/html; charset=utf-8",
      bytes:
        `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
        `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>` +
        `<style>${style}</style></head><body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`,
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
