import type { World } from "./world.ts";

type StoredAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const context = "idempotency.response";

/** First answers of requests with an Idempotency-Key, kept sealed for 24 h. `ownerId`: the id of the API key. */
export function rememberAnswers(world: World): {
  begin(
    ownerId: string,
    key: string,
    fingerprint: string,
  ): Promise<"new" | "in_progress" | "reused" | { replay: StoredAnswer }>;
  complete(ownerId: string, key: string, answer: StoredAnswer): Promise<void>;
  abandon(ownerId: string, key: string): Promise<void>;
} {
  // Attempts of this process that have begun and not ended.
  const attempts = new Map<string, string>();
  const name = (ownerId: string, key: string): string => `${ownerId} ${key}`;
  const take = (ownerId: string, key: string): string => {
    const attempt = attempts.get(name(ownerId, key)) ?? "";
    attempts.delete(name(ownerId, key));
    return attempt;
  };
  return {
    async begin(ownerId, key, fingerprint) {
      const now = world.clock.now();
      const attempt = world.entropy.id(now);
      // Keyed: a plain hash of a small body would tell which number it had to whoever tries all numbers.
      const keyed = world.vault.tokenMac(`idempotency ${fingerprint}`);
      const answer = await world.store.transaction("*", (tx) =>
        tx.idempotency.begin(ownerId, key, keyed, attempt, now),
      );
      switch (answer.state) {
        case "started":
          attempts.set(name(ownerId, key), attempt);
          return "new";
        case "running":
          return "in_progress";
        case "reused":
          return "reused";
        case "completed": {
          const stored = world.vault.root.open(answer.responseCipher, context).toString("utf8");
          return { replay: { ...(JSON.parse(stored) as StoredAnswer), status: answer.status } };
        }
      }
    },
    async complete(ownerId, key, answer) {
      const attempt = take(ownerId, key);
      const responseCipher = world.vault.root.seal(Buffer.from(JSON.stringify(answer)), context);
      await world.store.transaction("*", (tx) =>
        tx.idempotency.complete(ownerId, key, attempt, { status: answer.status, responseCipher }),
      );
    },
    async abandon(ownerId, key) {
      const attempt = take(ownerId, key);
      await world.store.transaction("*", (tx) => tx.idempotency.abandon(ownerId, key, attempt));
    },
  };
}
