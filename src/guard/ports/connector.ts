import type { Channel, Purpose } from "../../domain/vocabulary.ts";

/** One file in channels/ for each kind. */
export const connectorKinds = ["esms", "smpp", "kannel", "zns", "viber", "infobip", "page-webhook"] as const;
export type ConnectorKind = (typeof connectorKinds)[number];

/** What is to be handed over, rendered; nothing but this leaves the house. */
export type RenderedContent =
  | { readonly channel: "sms"; readonly text: string }
  | {
      readonly channel: "viber";
      readonly text: string;
      readonly imageUrl?: string;
      readonly buttonText?: string;
      readonly buttonUrl?: string;
    }
  | {
      readonly channel: "zns";
      readonly templateId: string;
      readonly tag: 1 | 2 | 3;
      readonly data: Readonly<Record<string, string>>;
    }
  | {
      readonly channel: "page";
      readonly approvalId: string;
      readonly pageId: string;
      readonly url: string;
      readonly digest: string;
      readonly html: string;
    };

export type HandOff = {
  /** The intent that was committed before this hand-off may begin. */
  readonly intentId: string;
  /** Our id on the wire (at most 48 characters); the same for every attempt at the same message. */
  readonly providerKey: string;
  /** E.164 with "+"; empty for pages. */
  readonly phone: string;
  readonly purpose: Purpose;
  /** Brandname, OA id or service id; empty for pages. */
  readonly sender: string;
  readonly content: RenderedContent;
  /** After this moment the provider must not deliver any more (the end of the allowed hours). */
  readonly validUntil?: Date;
};

/** The action that a provider's code calls for: one table of code → action per connector, as data. */
export const providerActions = [
  "ok",
  "refresh",
  "backoff",
  "quota",
  "night",
  "hold",
  "dead",
  "unreachable",
  "optout",
  "unknown",
] as const;
export type ProviderAction = (typeof providerActions)[number];

/** What a refusal reported by a provider covers. */
export type RefusalScope = "channel" | "advertising" | "sender";

/**
 * Exactly one for each hand-off, in the order given.
 * `sent`: the provider accepted it. `rejected`: it certainly did not reach the provider's network.
 * `unknown`: the request may have arrived; never resent blindly.
 */
export type HandOffOutcome = {
  readonly intentId: string;
  readonly state: "sent" | "rejected" | "unknown";
  readonly action: ProviderAction;
  /** The provider's own code, "http_503", "timeout", …; stable, no personal data. */
  readonly code: string;
  readonly providerReference?: string;
  /** For action "optout": what must be suppressed. */
  readonly refusalScope?: RefusalScope;
  /** For backoff, quota and night: not before. */
  readonly retryAt?: Date;
  /**
   * For unknown: narrows the trait `key` where the provider forgets a key (or the path taken had none).
   * From this moment on the message is treated as under `none`.
   */
  readonly repeatableUntil?: Date;
};

/** Providers ask for their own reference, and one accepted call may stand for many numbers. */
export type LookUpQuery = {
  readonly providerKey: string;
  readonly providerReference?: string;
  readonly phone?: string;
  /** A provider's records lag: only some time after this is "no such message" an answer. */
  readonly handedOffAt?: Date;
};

export type LookUpResult = {
  readonly providerKey: string;
  readonly state: "delivered" | "failed" | "accepted" | "not_found" | "unknown";
  readonly code: string;
  readonly providerReference?: string;
};

export type InboundRequest = {
  readonly kind: "messages" | "receipts";
  readonly method: string;
  /** Raw, still encoded: signatures are checked over it. */
  readonly rawBody: Buffer;
  readonly rawQuery: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The part of the path after the kind: a secret path segment where the provider cannot sign. */
  readonly secretPath: string;
  readonly remoteAddress: string;
  readonly receivedAt: Date;
};

export type InboundEvent =
  | {
      readonly type: "receipt";
      readonly providerReference?: string;
      readonly providerKey?: string;
      readonly state: "delivered" | "failed" | "expired" | "seen" | "accepted";
      readonly code: string;
      readonly action: ProviderAction;
      readonly refusalScope?: RefusalScope;
      readonly phone?: string;
      /**
       * Where the id may be spelt otherwise than in the answer to the call (SMPP): all its spellings, and the
       * numbers, in digits, of which one must be the recipient's.
       */
      readonly spelt?: { readonly references: readonly string[]; readonly phones: readonly string[] };
    }
  | {
      readonly type: "message";
      readonly phone: string;
      readonly text: string;
      readonly to: string;
      readonly providerReference?: string;
    }
  | {
      readonly type: "opt_out";
      readonly phone: string;
      readonly refusalScope: RefusalScope;
      readonly code: string;
    }
  | { readonly type: "template_status"; readonly templateId: string; readonly enabled: boolean }
  | { readonly type: "ignored"; readonly code: string };

export type InboundResult =
  | { readonly accepted: false; readonly code: "unauthenticated" | "malformed" | "replayed" | "stale" }
  | {
      readonly accepted: true;
      readonly events: readonly InboundEvent[];
      /** Provider's event id where it has one: the replay store refuses it the second time. */
      readonly eventId?: string;
      /** Unsigned callbacks change no state until a status query by `lookUp` confirms them. */
      readonly mustConfirm: boolean;
      readonly response: { readonly status: number; readonly contentType: string; readonly body: string };
    };

export type ConnectorTraits = {
  readonly kind: ConnectorKind;
  readonly channels: readonly Channel[];
  /** `key`: a repeated key has one effect. `lookup`: what happened can be asked. `none`: never resent by itself. */
  readonly idempotency: "key" | "lookup" | "none";
  /** Hand-offs that one call on the wire may carry. */
  readonly batchMax: number;
  /** Calls under way at once. */
  readonly concurrencyMax: number;
  /** Hard limit of one call, after which its socket is destroyed. */
  readonly timeoutMs: number;
};

/** A provider's wire contract. Made per processor from its stored settings; closes what it opens. */
export type Connector = {
  readonly traits: ConnectorTraits;
  /**
   * Never rejects for anything a provider does; at the end of the time limit the socket is destroyed
   * first and the outcome is `unknown` only then. `report` sees each outcome as soon as it stands, so
   * that an intent need not stay open until the last of its batch.
   */
  handOff(
    batch: readonly HandOff[],
    report?: (outcome: HandOffOutcome) => void,
  ): Promise<readonly HandOffOutcome[]>;
  /**
   * The key by which a hand-off of this batch goes over the wire where it shares one call, and so one key, with
   * others; by intent. Those that are left out go by their own. Repeating one of them alone would be a second
   * message.
   */
  sharedKeys?(batch: readonly HandOff[]): ReadonlyMap<string, string>;
  /** For `key`: when the provider forgets a key that was first used at that moment. Unset: never. */
  keyForgottenAt?(usedAt: Date): Date;
  lookUp?(queries: readonly LookUpQuery[]): Promise<readonly LookUpResult[]>;
  inbound?(request: InboundRequest): Promise<InboundResult> | InboundResult;
  close(): Promise<void>;
};

/** Where a connector keeps a rotating secret (Zalo's single-use refresh token), one writer at a time. */
export type TokenStore = {
  /**
   * Runs `use` under a lock of its own for the processor. `save` is durable when it resolves;
   * a token may be used only after that.
   */
  exclusively<T>(
    processorId: string,
    use: (
      current: Readonly<Record<string, string>>,
      save: (next: Record<string, string>) => Promise<void>,
    ) => Promise<T>,
  ): Promise<T>;
};

export type ConnectorContext = {
  readonly processorId: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly tokens: TokenStore;
  readonly now: () => Date;
  /**
   * Where the provider calls back: `{baseUrl}/receipts/{secret}` and `{baseUrl}/messages/{secret}`, with
   * baseUrl ending in /v1/inbound/{processorId}. Unset: no callback address is sent, and callbacks of
   * providers that cannot sign are refused.
   */
  readonly inbound?: { readonly baseUrl: string; readonly secret: string };
  /**
   * Takes what arrives on a connection that the connector itself holds (SMPP). Durable when it resolves:
   * only then does the provider get its acknowledgement; if it rejects or is unset, the provider keeps it.
   */
  readonly receive?: (events: readonly InboundEvent[]) => Promise<void>;
};
