import { type Fault, GuardError } from "../domain/guard-error.ts";
import {
  type Connector,
  type ConnectorContext,
  type ConnectorKind,
  connectorKinds,
} from "../guard/ports/connector.ts";
import { createEsms, readEsmsSettings } from "./esms.ts";
import { createInfobip, readInfobipSettings } from "./infobip.ts";
import { createKannel, readKannelSettings } from "./kannel.ts";
import { createPageWebhook, readPageWebhookSettings } from "./page-webhook.ts";
import { createSettingsReader, type SettingsReader } from "./settings-reader.ts";
import { createSmpp, readSmppSettings } from "./smpp.ts";
import { createViber, readViberSettings } from "./viber.ts";
import { createZns, readZnsSettings } from "./zns.ts";

type Factory = (read: SettingsReader) => (context: ConnectorContext) => Connector;

/** Every kind with its settings' reader: what one cannot read, nobody can make. */
const factories = {
  esms: (read) => {
    const settings = readEsmsSettings(read);
    return (context) => createEsms(settings, context);
  },
  zns: (read) => {
    const settings = readZnsSettings(read);
    return (context) => createZns(settings, context);
  },
  viber: (read) => {
    const settings = readViberSettings(read);
    return (context) => createViber(settings, context);
  },
  infobip: (read) => {
    const settings = readInfobipSettings(read);
    return (context) => createInfobip(settings, context);
  },
  kannel: (read) => {
    const settings = readKannelSettings(read);
    return (context) => createKannel(settings, context);
  },
  "page-webhook": (read) => {
    const settings = readPageWebhookSettings(read);
    return (context) => createPageWebhook(settings, context);
  },
  smpp: (read) => {
    const settings = readSmppSettings(read);
    return (context) => createSmpp(settings, context);
  },
} as const satisfies Record<ConnectorKind, Factory>;

/**
 * Faults in a processor's connector settings, each with a pointer like "/connector/apiKey". Codes:
 * required, invalid, https_required, unknown_setting, unknown_kind.
 */
export function connectorFaults(kind: string, settings: Readonly<Record<string, unknown>>): readonly Fault[] {
  const factory = factoryOf(kind);
  if (factory === undefined) {
    const message = `kind must be one of ${connectorKinds.join(", ")}`;
    return [{ pointer: "/connector/kind", code: "unknown_kind", message }];
  }
  const reader = createSettingsReader(settings);
  factory(reader);
  return reader.faults();
}

/** The connector of a processor. Faulty settings throw `invalid_request` with every fault; no network is used yet. */
export function createConnector(kind: string, context: ConnectorContext): Connector {
  const faults = connectorFaults(kind, context.settings);
  const factory = factoryOf(kind);
  if (faults.length > 0 || factory === undefined) {
    throw new GuardError("invalid_request", `connector settings of kind ${kind.slice(0, 32)} are faulty`, {
      errors: faults,
    });
  }
  return factory(createSettingsReader(context.settings))(context);
}

function factoryOf(kind: string): Factory | undefined {
  const table: Readonly<Partial<Record<string, Factory>>> = factories;
  return Object.hasOwn(table, kind) ? table[kind] : undefined;
}
