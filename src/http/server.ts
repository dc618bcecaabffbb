import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Express } from "express";

/** Long uploads may take their time; a request that does not even send its head may not. */
const timeouts = { headersTimeout: 15_000, requestTimeout: 30 * 60_000, keepAliveTimeout: 65_000 } as const;

/**
 * An HTTP server for an Express application. Its requests and responses are made with the application's
 * prototypes, because Express would otherwise change those of every object after it was made, which V8
 * punishes on each later access (measured by bench/preview-http.ts).
 */
export function createHttpServer(app: Express): Server {
  const server = createServer(
    {
      ...timeouts,
      // Duplicate or malformed framing is how requests are smuggled past a proxy.
      insecureHTTPParser: false,
      IncomingMessage: constructorOf(IncomingMessage, app.request),
      ServerResponse: constructorOf<typeof ServerResponse>(ServerResponse, app.response),
    },
    app,
  );
  server.on("clientError", answerClientError);
  return server;
}

function constructorOf<Made extends typeof IncomingMessage | typeof ServerResponse>(
  base: Made,
  prototype: object,
): Made {
  // Node's own constructors are functions, not classes, and may be called on an object of another prototype.
  function Constructed(this: object, ...args: unknown[]): void {
    Reflect.apply(base as unknown as (...args: unknown[]) => void, this, args);
  }
  Constructed.prototype = prototype;
  return Constructed as unknown as Made;
}

/** What is not even HTTP gets a status and no words: nobody knows who asks, in which language, for what. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
