/**
 * Passes an error on unless the same message was passed on in the last `quietMs`: while a server is away
 * every connection says so several times a second. Messages remembered are bounded.
 */
export function reportOnce(
  report: ((err: unknown) => void) | undefined,
  quietMs: number,
): (err: unknown) => void {
  const lastToldMs = new Map<string, number>();
  return (err) => {
    const message = err instanceof Error ? `${err.name} ${err.message}` : String(err);
    const nowMs = performance.now();
    const toldMs = lastToldMs.get(message);
    if (toldMs !== undefined && nowMs - toldMs < quietMs) return;
    if (lastToldMs.size >= 100) lastToldMs.clear();
    lastToldMs.set(message, nowMs);
    report?.(err);
  };
}
