import { vi } from "vitest";
import type { ConnectorContext, HandOff, TokenStore } from "../../src/guard/ports/connector.ts";

/** A token store in memory with the lock that the port asks for. */
export function memoryTokens(
  initial: Record<string, string> = {},
): TokenStore & { readonly saves: Record<string, string>[] } {
  let current: Record<string, string> = initial;
  let tail: Promise<unknown> = Promise.resolve();
  const saves: Record<string, string>[] = [];
  return {
    saves,
    exclusively(_processorId, use) {
      const run = tail.then(() =>
        use(current, async (next) => {
          saves.push(next);
          current = next;
        }),
      );
      tail = run.catch(() => undefined);
      return run;
    },
  };
}

export function contextOf(
  settings: Record<string, unknown>,
  more: Partial<ConnectorContext> = {},
): ConnectorContext {
  return { processorId: "processor-1", settings, tokens: memoryTokens(), now: () => new Date(), ...more };
}

let counter = 0;
export function handOffOf(more: Partial<HandOff> = {}): HandOff {
  counter += 1;
  return {
    intentId: `intent-${counter}`,
    providerKey: `key-${counter}`,
    phone: "+84901888484",
    purpose: "customer_care",
    sender: "Baotrixemay",
    content: { channel: "sms", text: "2803 la ma xac minh dang ky Baotrixemay cua ban" },
    ...more,
  };
}

/** The numbers that the sandbox gives a meaning. */
export function magic(lastTwo: string): string {
  return `+849990000${lastTwo}`;
}

/** Waits for a condition; long enough for a machine that has much else to do. */
export function eventually<T>(condition: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(condition, 20_000);
}
