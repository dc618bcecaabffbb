import { canonicalText } from "../ledger/canonical.ts";
import type { World } from "./world.ts";

/** What a notice token says: which consent text stood on which approved page, from when on. */
export type Notice = {
  readonly customerId: string;
  readonly approvalId: string;
  readonly pageDigest: string;
  readonly textDigest: string;
  readonly issuedAt: Date;
};

const prefix = "ntc1";
const lengthMax = 2_000;

/** A token that an import can cite: base64url(notice) and a MAC under a key of this service. */
export function writeNoticeToken(world: World, notice: Notice): string {
  const body = Buffer.from(canonicalText({ ...notice, issuedAt: notice.issuedAt.toISOString() })).toString(
    "base64url",
  );
  return `${prefix}.${body}.${world.vault.tokenMac(`${prefix}.${body}`).toString("base64url")}`;
}

/** null: not a token of this service, or altered (hostile input). */
export function readNoticeToken(world: World, token: string): Notice | null {
  if (token.length > lengthMax) return null;
  const [head, body, mac, ...rest] = token.split(".");
  if (head !== prefix || body === undefined || mac === undefined || rest.length > 0) return null;
  const expected = world.vault.tokenMac(`${prefix}.${body}`);
  const given = Buffer.from(mac, "base64url");
  if (!equal(expected, given)) return null;
  const value: unknown = JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
  if (typeof value !== "object" || value === null) return null;
  const notice = value as Record<string, unknown>;
  return {
    customerId: String(notice["customerId"]),
    approvalId: String(notice["approvalId"]),
    pageDigest: String(notice["pageDigest"]),
    textDigest: String(notice["textDigest"]),
    issuedAt: new Date(String(notice["issuedAt"])),
  };
}

/** Constant time in the length of the MAC. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
