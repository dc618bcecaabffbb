/** Places in a hand-off at which a worker is stopped or killed (docs/reliability.md). */
export const faultPoints = [
  "permit_committed",
  "before_write",
  "written",
  "response_read",
  "before_outcome",
] as const;
export type FaultPoint = (typeof faultPoints)[number];

/** What the harness tells a worker: at the next time it reaches that point, this happens to it. null: nothing. */
export type ArmedFault = { readonly point: FaultPoint; readonly signal: "SIGSTOP" | "SIGKILL" } | null;
