import type { ConnectorKind } from "./ports/connector.ts";
import type { World } from "./world.ts";

/** Kinds whose provider speaks on a connection that the connector holds: closed, receipts and replies wait there. */
const heldLines: ReadonlySet<ConnectorKind> = new Set(["smpp"]);

/** For workers, again and again: opens what is not open yet, also for processors that were registered meanwhile. */
export async function openLines(world: World): Promise<void> {
  const processors = await world.store.transaction("*", (tx) => tx.processors.list(world.clock.now()));
  for (const processor of processors) {
    if (!heldLines.has(processor.body.connector.kind)) continue;
    try {
      world.connectors.of(processor);
    } catch (err) {
      world.log.warn({ err, processor: processor.id }, "a processor's line cannot be opened");
    }
  }
}
