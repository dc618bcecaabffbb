import type { InboundEvent } from "../guard/ports/connector.ts";
import { asReference } from "./json-reply.ts";
import { fromWire, internationalDigits } from "./phone-on-wire.ts";
import type { DeliverSm } from "./smpp-bodies.ts";
import { smppReceiptStates, smppReceiptTexts } from "./smpp-codes.ts";

/** Remembers what was submitted lately, so that a receipt finds its message whatever form its id has. */
export type SmppReceipts = {
  /** Called before the bytes leave; `answered` once the SMSC has given its id, or none. */
  submitting(message: { readonly providerKey: string; readonly phone: string }): {
    answered(messageId: string | undefined): void;
  };
  /** The receipt in a deliver_sm, after the answer that it may have overtaken; undefined if it is none. */
  read(deliver: DeliverSm): Promise<InboundEvent | undefined>;
};

type Submitted = { readonly providerKey: string; readonly phone: string; readonly messageId: string };

const rememberedMax = 100_000;

export function createSmppReceipts(options: { readonly answerWaitMs: number }): SmppReceipts {
  const byId = new Map<string, Submitted>();
  // SMSCs that give no id: what was sent to a number last is what its receipt is about.
  const nameless = new Map<string, Submitted>();
  const underWay = new Map<string, Set<Promise<void>>>();

  const remember = (map: Map<string, Submitted>, key: string, submitted: Submitted): void => {
    map.delete(key);
    map.set(key, submitted);
    const oldest = map.keys().next();
    if (map.size > rememberedMax && oldest.done !== true) map.delete(oldest.value);
  };

  function find(id: string, phones: readonly string[]): Submitted | undefined {
    for (const spelling of spellings(id)) {
      const submitted = byId.get(spelling);
      // A hexadecimal id may read as another message's decimal one: the number decides.
      if (submitted !== undefined && phones.includes(submitted.phone)) return submitted;
    }
    return phones.map((phone) => nameless.get(phone)).find((submitted) => submitted !== undefined);
  }

  return {
    submitting(message) {
      const phone = internationalDigits(message.phone);
      let settle: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => {
        settle = resolve;
      });
      const open = underWay.get(phone) ?? new Set();
      underWay.set(phone, open);
      open.add(answered);
      return {
        answered(messageId) {
          open.delete(answered);
          if (open.size === 0) underWay.delete(phone);
          if (messageId !== undefined) {
            const submitted = { providerKey: message.providerKey, phone, messageId };
            if (messageId === "") remember(nameless, phone, submitted);
            else remember(byId, messageId.toLowerCase(), submitted);
          }
          settle();
        },
      };
    },
    async read(deliver) {
      const fields = receiptFields(deliver);
      if (fields === undefined) return undefined;
      const phones = [deliver.source, deliver.destination].map(
        (address) => fromWire(address)?.slice(1) ?? address,
      );
      let submitted = find(fields.id, phones);
      if (submitted === undefined) {
        const open = phones.flatMap((phone) => [...(underWay.get(phone) ?? [])]);
        if (open.length > 0) await within(options.answerWaitMs, Promise.all(open));
        submitted = find(fields.id, phones);
      }
      const reference = asReference(submitted?.messageId) ?? asReference(fields.id);
      return {
        type: "receipt",
        // Submitted before this process began: the record knows it, by one of these spellings.
        ...(submitted === undefined
          ? { spelt: { references: spellings(fields.id), phones } }
          : { providerKey: submitted.providerKey, phone: `+${submitted.phone}` }),
        ...(reference === undefined ? {} : { providerReference: reference }),
        ...smppReceiptStates[fields.state],
        code: fields.code,
      };
    },
  };
}

const receiptClass = 0x04;

type ReceiptFields = {
  readonly id: string;
  readonly state: keyof typeof smppReceiptStates;
  readonly code: string;
};

function receiptFields(deliver: DeliverSm): ReceiptFields | undefined {
  const text = deliver.message.toString("latin1", 0, 300);
  const textId = /\bid:\s*([^\s]{0,65})/i.exec(text)?.[1];
  const stat = /\bstat:\s*([A-Z]{3,10})/i.exec(text)?.[1]?.toUpperCase();
  const looksSo = deliver.receiptedMessageId !== undefined || (textId !== undefined && stat !== undefined);
  // Bits 5-2 of esm_class are the message type; some SMSCs leave them 0 on receipts.
  if ((deliver.esmClass & 0x3c) !== receiptClass && !looksSo) return undefined;
  const isState = (key: string): key is keyof typeof smppReceiptStates =>
    Object.hasOwn(smppReceiptStates, key);
  const isText = (key: string): key is keyof typeof smppReceiptTexts => Object.hasOwn(smppReceiptTexts, key);
  const fromTlv = String(deliver.messageState ?? "");
  const state = isState(fromTlv)
    ? fromTlv
    : stat !== undefined && isText(stat)
      ? smppReceiptTexts[stat]
      : "7";
  const err = /\berr:\s*(\w{1,8})/i.exec(text)?.[1];
  const code = err !== undefined && !/^0+$/.test(err) ? `err_${err}` : `state_${state}`;
  return { id: deliver.receiptedMessageId ?? textId ?? "", state, code };
}

/** The id as given, and its other base: answers may be hexadecimal where receipts are decimal. */
function spellings(id: string): readonly string[] {
  const plain = id.toLowerCase();
  const found = [plain];
  if (/^\d{1,20}$/.test(plain)) {
    const hex = BigInt(plain).toString(16);
    found.push(hex, hex.padStart(8, "0"));
  }
  if (/^[0-9a-f]{1,16}$/.test(plain)) found.push(BigInt(`0x${plain}`).toString());
  return found;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
