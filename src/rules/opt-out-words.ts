export function readOptOut(_text: string): {
  kind: "opt_out" | "help" | "none" | "unclear";
  scope: "all" | "advertising";
} {
  throw new Error("not built yet");
}
