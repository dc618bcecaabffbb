import type { CampaignFacts, PermissionFacts, RecipientFacts } from "./facts.ts";

/** What is on record for exactly the campaign's channel and purpose. */
export function permissionFor(facts: CampaignFacts, recipient: RecipientFacts): PermissionFacts | null {
  for (const permission of recipient.permissions) {
    if (permission.purpose === facts.purpose && permission.channel === facts.channel) return permission;
  }
  return null;
}
