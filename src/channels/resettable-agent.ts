import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect as connectTcp, type Socket, type TcpNetConnectOpts } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

/** A keep-alive agent whose sockets can be cut so that the peer gets a reset, also under TLS. */
export type ResettableAgent = {
  readonly agent: HttpAgent | HttpsAgent;
  /** Cuts at once: nothing that is still buffered here or in the kernel can reach the peer any more. */
  cut(socket: Socket): void;
  destroy(): void;
};

// Servers commonly drop idle connections after 5 s. Letting go earlier keeps a request from being written
// into a connection that is just being closed, which could only end as `unknown`.
const idleMs = 4_000;

export function createResettableAgent(options: {
  readonly secure: boolean;
  readonly socketsMax: number;
}): ResettableAgent {
  const settings = {
    keepAlive: true,
    maxSockets: options.socketsMax,
    maxFreeSockets: options.socketsMax,
    timeout: idleMs,
    scheduling: "lifo" as const,
  };
  const rawOf = new WeakMap<Socket, Socket>();
  const agent = options.secure ? new TlsOverTcpAgent(settings, rawOf) : new HttpAgent(settings);
  return {
    agent,
    cut(socket) {
      const raw = rawOf.get(socket) ?? socket;
      // While connecting, resetAndDestroy would wait for the connection; nothing was written, so close it.
      if (raw.connecting || raw.destroyed) raw.destroy();
      else raw.resetAndDestroy();
      socket.destroy();
    },
    destroy() {
      agent.destroy();
    },
  };
}

/** Only a plain TCP socket can be reset, so the one beneath each TLS socket is made here and remembered. */
class TlsOverTcpAgent extends HttpsAgent {
  readonly #rawOf: WeakMap<Socket, Socket>;

  constructor(settings: ConstructorParameters<typeof HttpsAgent>[0], rawOf: WeakMap<Socket, Socket>) {
    super(settings);
    this.#rawOf = rawOf;
  }

  override createConnection(options: TcpNetConnectOpts & ConnectionOptions): Socket {
    const raw = connectTcp({ host: options.host ?? "localhost", port: options.port });
    const secured = connectTls({ ...options, socket: raw });
    raw.on("error", (err) => secured.destroy(err));
    this.#rawOf.set(secured, raw);
    return secured;
  }
}
