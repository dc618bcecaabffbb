/** The bodies of SMPP 3.4's commands (chapter 4), as octets and back. */

export function bindBody(fields: {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
}): Buffer {
  return Buffer.concat([
    cString(fields.systemId),
    cString(fields.password),
    cString(fields.systemType),
    // interface_version 3.4, addr_ton, addr_npi, empty address_range
    Buffer.from([0x34, 0, 0, 0]),
  ]);
}

export type SubmitSm = {
  readonly source: string;
  readonly destination: string;
  readonly esmClass: number;
  /** "YYMMDDhhmmsstnnp" or empty. */
  readonly validityPeriod: string;
  readonly registeredDelivery: 0 | 1;
  readonly dataCoding: number;
  readonly message: Buffer;
};

export function submitBody(fields: SubmitSm): Buffer {
  const source = addressKind(fields.source);
  return Buffer.concat([
    cString(""),
    Buffer.from([source.ton, source.npi]),
    cString(fields.source),
    Buffer.from([1, 1]),
    cString(fields.destination),
    // esm_class, protocol_id, priority_flag
    Buffer.from([fields.esmClass, 0, 0]),
    cString(""),
    cString(fields.validityPeriod),
    // registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id, sm_length
    Buffer.from([fields.registeredDelivery, 0, fields.dataCoding, 0, fields.message.length]),
    fields.message,
  ]);
}

export type DeliverSm = {
  readonly source: string;
  readonly destination: string;
  readonly esmClass: number;
  readonly dataCoding: number;
  /** short_message, or message_payload where that is empty. */
  readonly message: Buffer;
  readonly receiptedMessageId: string | undefined;
  readonly messageState: number | undefined;
};

const tlvReceiptedMessageId = 0x001e;
const tlvMessageState = 0x0427;
const tlvMessagePayload = 0x0424;

/** Hostile input: undefined where the octets end before the fields do. */
export function readDeliverSm(body: Buffer): DeliverSm | undefined {
  let at = 0;
  const octet = (): number | undefined => body[at++];
  const text = (): string | undefined => {
    const end = body.indexOf(0, at);
    if (end < 0) return undefined;
    const value = body.toString("latin1", at, end);
    at = end + 1;
    return value;
  };
  text();
  at += 2;
  const source = text();
  at += 2;
  const destination = text();
  const esmClass = octet();
  at += 2;
  text();
  text();
  at += 2;
  const dataCoding = octet();
  at += 1;
  const length = octet();
  if (source === undefined || destination === undefined || esmClass === undefined) return undefined;
  if (dataCoding === undefined || length === undefined || at + length > body.length) return undefined;
  const short = body.subarray(at, at + length);
  const tlvs = readTlvs(body.subarray(at + length));
  const message = short.length > 0 ? short : (tlvs.get(tlvMessagePayload) ?? short);
  const receipted = tlvs.get(tlvReceiptedMessageId);
  return {
    source,
    destination,
    esmClass,
    dataCoding,
    message,
    receiptedMessageId: receipted === undefined ? undefined : firstCString(receipted),
    messageState: tlvs.get(tlvMessageState)?.[0],
  };
}

/** message_id of submit_sm_resp; empty where the SMSC gives none. */
export function firstCString(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString("latin1", 0, end < 0 ? body.length : end);
}

function readTlvs(octets: Buffer): ReadonlyMap<number, Buffer> {
  const tlvs = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= octets.length; ) {
    const length = octets.readUInt16BE(at + 2);
    tlvs.set(octets.readUInt16BE(at), octets.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return tlvs;
}

/** A brandname is alphanumeric (5), a short code its network's own (3), anything longer international (1). */
function addressKind(address: string): { readonly ton: number; readonly npi: number } {
  if (!/^\d+$/.test(address)) return { ton: 5, npi: 0 };
  return address.length <= 6 ? { ton: 3, npi: 0 } : { ton: 1, npi: 1 };
}

function cString(text: string): Buffer {
  // A zero inside would end the field early and shift every field behind it.
  return Buffer.concat([Buffer.from(text.replaceAll("\0", ""), "latin1"), Buffer.alloc(1)]);
}
