export const sandboxProviders = ["esms", "zns", "viber", "infobip", "kannel", "smpp", "pages"] as const;
export type SandboxProvider = (typeof sandboxProviders)[number];

/** What a simulated provider received for one recipient: its own record, whatever the caller believes. */
export type ReceivedCall = {
  readonly provider: SandboxProvider;
  readonly at: Date;
  /** The caller's id on the wire; empty where the wire has none. */
  readonly key: string;
  readonly reference: string;
  /** As it stood on the wire. */
  readonly phone: string;
  readonly text: string;
  /** `accepted` or `duplicate`, or the code that it was refused with. */
  readonly outcome: string;
};

export type CallRecords = {
  /** The last calls, oldest first; at most `recordsMax` of them. */
  calls(provider?: SandboxProvider): readonly ReceivedCall[];
  /** How often each outcome was given since the start, of all calls, by provider. */
  counts(provider: SandboxProvider): Readonly<Record<string, number>>;
};

export function createCallRecords(options: {
  readonly recordsMax: number;
  readonly onCall?: (call: ReceivedCall) => void;
}): CallRecords & { add(call: ReceivedCall): void } {
  const ring: ReceivedCall[] = [];
  let next = 0;
  const counters = new Map<SandboxProvider, Map<string, number>>();
  return {
    add(call) {
      ring[next] = call;
      next = (next + 1) % options.recordsMax;
      const counter = counters.get(call.provider) ?? new Map<string, number>();
      counters.set(call.provider, counter);
      counter.set(call.outcome, (counter.get(call.outcome) ?? 0) + 1);
      options.onCall?.(call);
    },
    calls(provider) {
      const ordered = [...ring.slice(next), ...ring.slice(0, next)];
      return provider === undefined ? ordered : ordered.filter((call) => call.provider === provider);
    },
    counts(provider) {
      return Object.fromEntries(counters.get(provider) ?? []);
    },
  };
}
