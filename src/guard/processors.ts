import type { ProcessorRequest, ProcessorView, Purpose } from "../domain/contract.gen.ts";
import { GuardError } from "../domain/guard-error.ts";
import { appendRecords } from "./append-record.ts";
import { openCustomer } from "./customer-access.ts";
import type { Caller, Page, PageRequest } from "./guard.ts";
import type { ProcessorBody, ProcessorRow } from "./ports/processor-records.ts";
import type { World } from "./world.ts";

/** Settings that never leave again once they are stored. */
const secretNames = [
  "apiKey",
  "secretKey",
  "password",
  "appSecret",
  "oaSecret",
  "refreshToken",
  "secret",
] as const;

export const secretsContext = "processor.secrets";

/**
 * `PUT /v1/processors/{id}`: each change is a new version and a record in the ledger; it takes effect at the next
 * permit. Law 91/2025 Arts. 17(1)(d), 37(1)(a): nothing is shared outside a written agreement.
 */
export async function putProcessor(
  world: World,
  caller: Caller,
  processorId: string,
  input: ProcessorRequest,
): Promise<{ readonly created: boolean; readonly processor: ProcessorView }> {
  const { settings, secrets } = splitSecrets(input.connector);
  const faults = world.connectors.faults(input.connector.kind, { ...settings, ...secrets });
  if (faults.length > 0) {
    throw new GuardError("invalid_request", "the connector's settings are not valid", {
      errors: faults,
    });
  }
  if (new Date(input.contract.validUntil).getTime() < new Date(input.contract.validFrom).getTime()) {
    throw new GuardError("invalid_request", "the contract ends before it begins", {
      errors: [
        {
          pointer: "/contract/validUntil",
          code: "order",
          message: "validUntil must not be before validFrom",
        },
      ],
    });
  }
  const body: ProcessorBody = {
    name: input.name,
    legalName: input.legalName,
    country: input.country,
    channel: input.channel,
    connector: { ...settings, kind: input.connector.kind },
    contract: input.contract,
    purposes: input.purposes,
    fields: input.fields,
    subprocessors: input.subprocessors ?? [],
    transferDossier: input.transferDossier ?? null,
  };
  return world.store.transaction("*", async (tx) => {
    const now = world.clock.now();
    const cipher =
      Object.keys(secrets).length === 0
        ? null
        : world.vault.root.seal(Buffer.from(JSON.stringify(secrets)), secretsContext);
    const created = await tx.processors.put(processorId, body, cipher, now);
    const platform = await openCustomer(world, tx, world.platformId);
    await appendRecords(world, tx, { id: platform.row.id, vault: platform.vault }, [
      {
        salt: null,
        draft: {
          kind: "processor_change",
          processor: { id: processorId, name: body.name, country: body.country },
          channel: body.channel,
          fields: body.fields,
          note: JSON.stringify({ contract: body.contract, purposes: body.purposes, key: caller.keyId }),
        },
      },
    ]);
    const row = await tx.processors.get(processorId, now);
    if (row === null) throw new Error("a processor was not stored");
    return { created, processor: processorView(row) };
  });
}

export async function listProcessors(
  world: World,
  _caller: Caller,
  page: PageRequest,
): Promise<Page<ProcessorView>> {
  const rows = await world.store.transaction("*", (tx) => tx.processors.list(world.clock.now()));
  const after = page.cursor === null ? "" : Buffer.from(page.cursor, "base64url").toString("utf8");
  const rest = rows.filter((row) => row.id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const items = rest.slice(0, page.limit);
  const last = items.at(-1);
  return {
    items: items.map(processorView),
    nextCursor:
      rest.length > page.limit && last !== undefined ? Buffer.from(last.id).toString("base64url") : null,
  };
}

function splitSecrets(connector: ProcessorRequest["connector"]): {
  readonly settings: Record<string, unknown>;
  readonly secrets: Record<string, unknown>;
} {
  const settings: Record<string, unknown> = {};
  const secrets: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(connector)) {
    if (name === "kind") continue;
    if ((secretNames as readonly string[]).includes(name)) secrets[name] = value;
    else settings[name] = value;
  }
  return { settings, secrets };
}

/** All settings of a stored processor, secrets included: for its connector only. */
export function connectorSettings(
  world: Pick<World, "vault">,
  row: ProcessorRow,
): Readonly<Record<string, unknown>> {
  const secrets: unknown =
    row.secretsCipher === null
      ? {}
      : JSON.parse(world.vault.root.open(row.secretsCipher, secretsContext).toString("utf8"));
  return { ...row.body.connector, ...(secrets as Record<string, unknown>) };
}

function processorView(row: ProcessorRow): ProcessorView {
  const { body } = row;
  return {
    id: row.id,
    name: body.name,
    legalName: body.legalName,
    country: body.country,
    channel: body.channel,
    connector: body.connector,
    contract: body.contract,
    purposes: body.purposes as readonly Purpose[],
    fields: body.fields,
    subprocessors: body.subprocessors.map(String),
    ...(body.transferDossier === null ? {} : { transferDossier: body.transferDossier }),
    updatedAt: row.validFrom.toISOString(),
  };
}
