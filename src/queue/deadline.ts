/** The queue's store did not answer in time or could not be reached. */
export class QueueUnavailableError extends Error {
  override readonly name = "QueueUnavailableError";
}

/**
 * Rejects with QueueUnavailableError if the work takes longer. The work itself may still succeed later, so
 * it must be harmless to do twice.
 */
export async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new QueueUnavailableError(`${what}: no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  // When it loses the race nobody else would hear that it failed.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
