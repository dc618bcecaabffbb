import type { Logger } from "../guard/world.ts";

export type BackgroundLoop = { stop(): Promise<void> };

/**
 * Runs `step` again and again with a pause, until stopped; a failure is logged and the next round tries again.
 * `step` tells whether there may be more to do at once.
 */
export function startLoop(
  log: Logger,
  name: string,
  pauseMs: number,
  step: (signal: AbortSignal) => Promise<boolean>,
): BackgroundLoop {
  const abort = new AbortController();
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        abort.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      abort.signal.addEventListener("abort", done, { once: true });
    });
  // Asked anew after each wait: the signal changes while a step runs.
  const ended = (): boolean => abort.signal.aborted;
  const running = (async () => {
    let failures = 0;
    while (!ended()) {
      let more = false;
      try {
        more = await step(abort.signal);
        failures = 0;
      } catch (err) {
        failures++;
        if (!ended()) log.warn({ err, loop: name }, "a background step failed and will be tried again");
      }
      if (!more && !ended()) await wait(Math.min(pauseMs * 2 ** failures, 5_000));
    }
  })();
  return {
    async stop() {
      abort.abort();
      await running;
    },
  };
}
