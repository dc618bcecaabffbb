// The package ships no types; only what the simulator uses is described.
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server, Socket } from "node:net";

  export type ShortMessage = { readonly udh?: readonly Buffer[]; readonly message: string | Buffer };
  export type PduFields = Readonly<Record<string, unknown>>;
  export type ReceivedPdu = {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly source_addr?: string;
    readonly destination_addr?: string;
    readonly data_coding?: number;
    readonly esm_class?: number;
    readonly registered_delivery?: number;
    readonly validity_period?: string;
    readonly message_id?: string;
    readonly short_message?: ShortMessage;
    readonly message_payload?: ShortMessage;
    response(fields?: PduFields): ReceivedPdu;
  };
  export type Session = EventEmitter & {
    readonly socket: Socket;
    send(pdu: ReceivedPdu): boolean;
    deliver_sm(fields: PduFields, onResponse?: (pdu: ReceivedPdu) => void): boolean;
    submit_sm(fields: PduFields, onResponse?: (pdu: ReceivedPdu) => void): boolean;
    bind_transceiver(fields: PduFields, onResponse?: (pdu: ReceivedPdu) => void): boolean;
    close(): void;
    destroy(): void;
  };
  export function createServer(onSession: (session: Session) => void): Server;
  export function connect(options: { readonly host: string; readonly port: number }): Session;
}
