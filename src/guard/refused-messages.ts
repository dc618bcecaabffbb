import type { MessageRow } from "./ports/campaign-records.ts";
import { type EventDraft, inPieces } from "./tell-events.ts";

/** `message.refused`: what will not go, with the code that says why. `index` is the recipient's place in its campaign. */
export function refusedMessages(
  campaignId: string,
  refused: readonly (Pick<MessageRow, "position" | "subscriberId"> & {
    readonly code?: MessageRow["code"];
    readonly rule?: MessageRow["rule"];
    readonly decidedBy?: MessageRow["decidedBy"];
  })[],
): readonly EventDraft[] {
  return [...inPieces(refused)].map((piece) => ({
    type: "message.refused",
    data: {
      campaignId,
      messages: piece.map((message) => ({
        index: message.position,
        subscriberId: message.subscriberId,
        code: message.code ?? null,
        rule: message.rule ?? null,
        decidedBy: message.decidedBy ?? null,
      })),
    },
  }));
}
