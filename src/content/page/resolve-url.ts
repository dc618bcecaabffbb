import type { PageTree } from "./page-tree.ts";

/** An address as a browser resolves it on this page; null where it is none. */
export function resolveUrl(address: string, tree: PageTree, pageUrl: string | null): URL | null {
  // A page whose own address is unknown has no origin to compare with.
  const page = parsed(pageUrl ?? "https://page.invalid/", undefined);
  const root = tree.base === null ? page : (parsed(tree.base, page?.href) ?? page);
  return parsed(address.trim(), root?.href);
}

function parsed(address: string, base: string | undefined): URL | null {
  return URL.canParse(address, base) ? new URL(address, base) : null;
}

export function isLoopback(url: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\]|.+\.localhost)$/.test(url.hostname);
}
