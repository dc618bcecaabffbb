import { defaultTreeAdapter as adapter } from "parse5";
import type { PageElement } from "./page-tree.ts";

/** A CSS selector that finds the element in a browser; markup inside markup is named by the element around it. */
export function selectorOf(element: PageElement, byId: ReadonlyMap<string, PageElement>): string {
  let at: PageElement = element;
  for (let up: PageElement | null = element; up !== null; up = up.parent)
    if (up.origin !== "page" && up.parent?.origin === "page") at = up.parent;
  const steps: string[] = [];
  for (let up: PageElement | null = at; up !== null; up = up.parent) {
    const id = up.attributes.get("id");
    if (id !== undefined && id !== "" && byId.get(id) === up) {
      steps.push(/^[A-Za-z_][\w-]*$/.test(id) ? `#${id}` : `[id="${escaped(id)}"]`);
      break;
    }
    steps.push(step(up));
  }
  return steps.reverse().join(" > ");
}

function escaped(value: string): string {
  return value
    .replace(/["\\]/g, "\\$&")
    .replace(/[\n\r\f\0]/g, (unit) => `\\${unit.charCodeAt(0).toString(16)} `);
}

function step(element: PageElement): string {
  const tag = /^[A-Za-z][\w-]*$/.test(element.tag) ? element.tag : "*";
  if (element.parent === null || element.tag === "body" || element.tag === "head") return tag;
  const siblings = (element.node.parentNode?.childNodes ?? []).filter((node) => adapter.isElementNode(node));
  const alike = tag === "*" ? siblings : siblings.filter((node) => node.tagName === element.tag);
  if (alike.length === 1) return tag;
  const place = alike.indexOf(element.node) + 1;
  return tag === "*" ? `*:nth-child(${place})` : `${tag}:nth-of-type(${place})`;
}
