import type { SandboxWorld, SimulatedAnswer } from "./sandbox-world.ts";
import type { Scenario } from "./scenario.ts";

/** Whether the provider has taken the message, whatever its answer will look like. */
export function takes(scenario: Scenario): boolean {
  return !["refused", "unavailable", "rate_limited"].includes(scenario.call);
}

/** The scenario's way of answering instead of, or around, the provider's answer `usual`. */
export function answerFor(scenario: Scenario, usual: SimulatedAnswer, world: SandboxWorld): SimulatedAnswer {
  switch (scenario.call) {
    case "timeout_after_accept":
      return { kind: "never" };
    case "reset_after_accept":
      return { kind: "reset" };
    case "server_error_after_accept":
      return { kind: "reply", status: 500, body: "Internal Server Error", contentType: "text/plain" };
    case "garbage_after_accept":
      return { kind: "reply", status: 200, body: "<html>busy</html>", contentType: "text/html" };
    case "unavailable":
      return { kind: "reply", status: 503, body: "Service Unavailable", contentType: "text/plain" };
    case "rate_limited":
      return {
        kind: "reply",
        status: 429,
        body: "Too Many Requests",
        contentType: "text/plain",
        headers: { "retry-after": "7" },
      };
    case "slow":
      return usual.kind === "reply" ? { ...usual, afterMs: world.slowMs } : usual;
    case "accepted":
    case "refused":
      return usual;
  }
}

const promptMs = 20;

/** Sends the receipts that the scenario wants, and afterwards what the subscriber does. */
export function followUp(
  scenario: Scenario,
  world: SandboxWorld,
  send: {
    receipt(state: "delivered" | "failed" | "expired"): void;
    reply(text: string): void;
    unsubscribe(): void;
  },
): void {
  const after = (afterMs: number, state: "delivered" | "failed" | "expired"): void =>
    world.later(afterMs, () => send.receipt(state));
  switch (scenario.receipt) {
    case "delivered":
      after(promptMs, "delivered");
      break;
    case "failed":
    case "expired":
      after(promptMs, scenario.receipt);
      break;
    case "late":
      after(world.lateMs, "delivered");
      break;
    case "twice":
      after(promptMs, "delivered");
      after(promptMs * 2, "delivered");
      break;
    case "out_of_order":
      after(promptMs, "expired");
      after(promptMs * 2, "delivered");
      break;
    case "before_answer":
      send.receipt("delivered");
      break;
    case "none":
      break;
  }
  const { reply, unsubscribes } = scenario;
  if (reply !== undefined) world.later(promptMs * 3, () => send.reply(reply));
  if (unsubscribes === true) world.later(promptMs * 3, () => send.unsubscribe());
}
