/** A protocol data unit of SMPP 3.4: four header words and a body whose form depends on the command. */
export type Pdu = {
  readonly commandId: number;
  readonly status: number;
  readonly sequence: number;
  readonly body: Buffer;
};

/** The commands that an ESME in transceiver mode meets. A response has the top bit set. */
export const smppCommands = {
  genericNack: 0x80000000,
  bindTransceiver: 0x00000009,
  submitSm: 0x00000004,
  deliverSm: 0x00000005,
  unbind: 0x00000006,
  enquireLink: 0x00000015,
} as const;

export const responseBit = 0x80000000;

const headerBytes = 16;
// Far above what a deliver_sm with a full message_payload needs.
const pduBytesMax = 70_000;

export function encodePdu(pdu: Pdu): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(headerBytes + pdu.body.length, 0);
  header.writeUInt32BE(pdu.commandId, 4);
  header.writeUInt32BE(pdu.status, 8);
  header.writeUInt32BE(pdu.sequence, 12);
  return Buffer.concat([header, pdu.body]);
}

/**
 * Cuts a byte stream into units. Hostile input: a length that cannot be makes it return undefined, after
 * which nothing in the stream can be trusted and the connection must end.
 */
export function createPduReader(): { push(chunk: Buffer): readonly Pdu[] | undefined } {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const pdus: Pdu[] = [];
      while (rest.length >= 4) {
        const length = rest.readUInt32BE(0);
        if (length < headerBytes || length > pduBytesMax) return undefined;
        if (rest.length < length) break;
        pdus.push({
          commandId: rest.readUInt32BE(4),
          status: rest.readUInt32BE(8),
          sequence: rest.readUInt32BE(12),
          body: rest.subarray(headerBytes, length),
        });
        rest = rest.subarray(length);
      }
      return pdus;
    },
  };
}
