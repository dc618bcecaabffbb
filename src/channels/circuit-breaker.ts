/** Told before each call; a closed breaker admits all, an open one none, a half-open one a single probe. */
export type CircuitBreaker = {
  admit(): { readonly admitted: true } | { readonly admitted: false; readonly retryAt: Date };
  succeeded(): void;
  failed(): void;
};

/**
 * Spares a provider that is down, and us the wait: after `failuresMax` transport failures in a row
 * nothing is tried for `openMs`, then one probe decides. A refusal that the provider spoke is a success here.
 */
export function createCircuitBreaker(options: {
  readonly failuresMax: number;
  readonly openMs: number;
  readonly now: () => Date;
}): CircuitBreaker {
  let failures = 0;
  let openUntilMs = 0;
  let probing = false;
  const isOpen = (): boolean => failures >= options.failuresMax;
  const trip = (): void => {
    openUntilMs = options.now().getTime() + options.openMs;
    probing = false;
  };
  return {
    admit() {
      if (!isOpen()) return { admitted: true };
      const nowMs = options.now().getTime();
      if (nowMs < openUntilMs) return { admitted: false, retryAt: new Date(openUntilMs) };
      if (probing) return { admitted: false, retryAt: new Date(nowMs + options.openMs) };
      probing = true;
      return { admitted: true };
    },
    succeeded() {
      failures = 0;
      probing = false;
    },
    failed() {
      failures += 1;
      if (isOpen()) trip();
    },
  };
}
