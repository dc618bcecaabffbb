import type { CodeTable } from "./code-action.ts";

/**
 * command_status of submit_sm_resp → action (SMPP 3.4, 5.1.3). Any status but 0 says that the message was
 * not taken; one that stands here nowhere stops for a person to look.
 */
export const smppSubmitCodes = {
  "0x00": { action: "ok" },
  "0x04": { action: "backoff" },
  "0x08": { action: "backoff" },
  "0x14": { action: "backoff" },
  "0x58": { action: "backoff" },
  "0x64": { action: "backoff" },
  "0xFE": { action: "backoff" },
  "0x01": { action: "dead" },
  "0x02": { action: "dead" },
  "0x06": { action: "dead" },
  "0x07": { action: "dead" },
  "0x0A": { action: "dead" },
  "0x0B": { action: "dead" },
  "0x0C": { action: "dead" },
  "0x33": { action: "dead" },
  "0x40": { action: "dead" },
  "0x43": { action: "dead" },
  "0x45": { action: "dead" },
  "0x61": { action: "dead" },
  "0x62": { action: "dead" },
  "0x65": { action: "dead" },
  "0x66": { action: "dead" },
  "0xC0": { action: "dead" },
  "0xC1": { action: "dead" },
  "0xC2": { action: "dead" },
  "0xC3": { action: "dead" },
  "0xC4": { action: "dead" },
  "0x03": { action: "hold" },
  "0x05": { action: "hold" },
  "0x0D": { action: "hold" },
  "0x0E": { action: "hold" },
  "0x0F": { action: "hold" },
  "0x15": { action: "hold" },
  "0x48": { action: "hold" },
  "0x49": { action: "hold" },
  "0x50": { action: "hold" },
  "0x51": { action: "hold" },
  "0x53": { action: "hold" },
  "0xFF": { action: "hold" },
} as const satisfies CodeTable;

/** command_status of a bind that only a person can mend; every other refusal of a bind is tried again. */
export const smppBindHold: readonly string[] = ["0x0D", "0x0E", "0x0F", "0x53"];

/** message_state (TLV 0x0427) and `stat:` of a receipt's text (appendix B) → what became of the message. */
export const smppReceiptStates = {
  "1": { state: "accepted", action: "ok" },
  "2": { state: "delivered", action: "ok" },
  "3": { state: "expired", action: "unreachable" },
  "4": { state: "failed", action: "dead" },
  "5": { state: "failed", action: "unreachable" },
  "6": { state: "accepted", action: "ok" },
  "7": { state: "accepted", action: "unknown" },
  "8": { state: "failed", action: "dead" },
} as const;

export const smppReceiptTexts = {
  ENROUTE: "1",
  DELIVRD: "2",
  EXPIRED: "3",
  DELETED: "4",
  UNDELIV: "5",
  ACCEPTD: "6",
  UNKNOWN: "7",
  REJECTD: "8",
} as const satisfies Readonly<Record<string, keyof typeof smppReceiptStates>>;

/** "0x0B": two digits at least, as specifications print them. */
export function smppStatusName(status: number): string {
  return `0x${status.toString(16).toUpperCase().padStart(2, "0")}`;
}
