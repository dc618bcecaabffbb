import type { Declaration } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { readNoticeToken } from "./notice-token.ts";
import type { Tx } from "./ports/store.ts";
import type { World } from "./world.ts";

/** By its text a notice is known, whatever it is called. */
export function noticeDigest(world: Pick<World, "sha256">, text: string): string {
  return `sha-256:${world.sha256(Buffer.from(text)).toString("hex")}`;
}

/**
 * When the notice that a consent cites came into being: by its token, else as a token told earlier for that version or
 * text; null where that cannot be known. Refuses a version that is cited with another text than before: nobody could
 * tell which of the two a person has seen.
 */
export async function citedNotice(
  world: World,
  tx: Tx,
  customerId: string,
  consent: NonNullable<Declaration["consent"]>,
): Promise<Date | null> {
  const issuedAt = noticeFrom(world, customerId, consent);
  const text = consent.noticeText ?? "";
  const version = consent.noticeVersion ?? null;
  const digest = text === "" ? null : noticeDigest(world, text);
  if (version === null && digest === null) return issuedAt;
  const kept = await tx.subscribers.citedNotice(customerId, version, digest);
  if (digest !== null && kept.digest !== null && kept.digest !== "" && kept.digest !== digest) {
    throw new GuardError("conflict", "the notice version is known with another text", {
      errors: [
        {
          pointer: "/declaration/consent/noticeText",
          code: "notice_changed",
          message:
            "this noticeVersion was cited with another text before; give the new text a version of its own",
        },
      ],
    });
  }
  return issuedAt ?? kept.issuedAt;
}

/** When the notice that a token cites came into being; null without a token. */
export function noticeFrom(world: World, customerId: string, consent: Declaration["consent"]): Date | null {
  if (consent?.noticeToken === undefined) return null;
  const notice = readNoticeToken(world, consent.noticeToken);
  if (notice === null || notice.customerId !== customerId) {
    throw new GuardError(
      "evidence_missing",
      "the notice token is not one of this service for this customer",
      {
        errors: [
          {
            pointer: "/declaration/consent/noticeToken",
            code: "evidence_missing",
            message: "noticeToken is unknown or altered; use the one that the page's approval returned",
          },
        ],
      },
    );
  }
  return notice.issuedAt;
}
