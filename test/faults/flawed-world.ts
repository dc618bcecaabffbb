import type { Connector } from "../../src/guard/ports/connector.ts";
import type { Tx } from "../../src/guard/ports/store.ts";
import type { World } from "../../src/guard/world.ts";

/** Designs that are tempting and wrong (docs/reliability.md): a test that lets one pass proves nothing. */
export const flaws = ["skip-wait", "close-by-timeout", "permit-without-epoch"] as const;
export type Flaw = (typeof flaws)[number];

/** The world as a worker or an API with that flaw would see it. */
export function flawedWorld(world: World, flaw: Flaw | null): World {
  if (flaw === null) return world;
  if (flaw === "close-by-timeout") {
    const { connectors } = world;
    return { ...world, connectors: { ...connectors, of: (row) => closingEarly(connectors.of(row)) } };
  }
  const { store } = world;
  return {
    ...world,
    store: {
      ...store,
      transaction: (customer, work) => store.transaction(customer, (tx) => work(flawedTx(tx, flaw))),
    },
  };
}

function flawedTx(tx: Tx, flaw: Exclude<Flaw, "close-by-timeout">): Tx {
  const { subscribers, handOffs } = tx;
  switch (flaw) {
    case "skip-wait":
      // A withdrawal is called effective although a hand-off from before is still open.
      return { ...tx, handOffs: { ...handOffs, anyOpen: () => Promise.resolve(false) } };
    case "permit-without-epoch":
      // Consent given again revives what had been approved under the consent before.
      return {
        ...tx,
        subscribers: {
          ...subscribers,
          permissions: async (ids, at) =>
            (await subscribers.permissions(ids, at)).map((row) => ({ ...row, epoch: 1 })),
        },
      };
  }
}

const earlyMs = 150;

/** Calls every hand-off over and done with before its call has even begun. */
function closingEarly(connector: Connector): Connector {
  return {
    ...connector,
    async handOff(batch, report) {
      for (const { intentId } of batch) report?.({ intentId, state: "sent", action: "ok", code: "assumed" });
      await new Promise((resolve) => setTimeout(resolve, earlyMs));
      return connector.handOff(batch);
    },
  };
}
