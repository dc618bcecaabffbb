import type { Request } from "express";
import { GuardError } from "../../domain/guard-error.ts";
import type { Guard } from "../../guard/guard.ts";
import type { Answer } from "../answer.ts";
import type { PublicRoute } from "../public-route.ts";

// C2SP tlog-tiles: level or "entries", groups of three digits, all but the last with "x", and a partial width.
const tilePath =
  /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/(x[0-9]{3}\/){0,6}[0-9]{3}(\.p\/[1-9][0-9]{0,2})?$/;

/** The log as files that anyone may copy and check: commitments only, no personal data. */
export function ledgerFileRoutes(guard: Guard): readonly PublicRoute[] {
  const tag = "Sharing ledger";
  return [
    {
      method: "get",
      path: "/ledger/checkpoint",
      tag,
      summary: "The last signed checkpoint (C2SP tlog-checkpoint)",
      answers: [{ status: 200, description: "A signed note", mediaTypes: ["text/plain"] }],
      handle: async () => {
        const note = await guard.ledgerCheckpoint();
        if (note === null) throw new GuardError("not_found", "nothing was signed yet");
        return {
          status: 200,
          headers: { "Cache-Control": "no-cache" },
          body: { kind: "bytes", mediaType: "text/plain; charset=utf-8", bytes: note },
        };
      },
    },
    {
      method: "get",
      path: "/ledger/key",
      tag,
      summary: "The verifier key of the checkpoints; trust it only from a second source",
      answers: [{ status: 200, description: "A C2SP verifier key", mediaTypes: ["text/plain"] }],
      handle: () =>
        Promise.resolve({
          status: 200,
          headers: { "Cache-Control": "no-cache" },
          body: {
            kind: "bytes",
            mediaType: "text/plain; charset=utf-8",
            bytes: `${guard.ledgerVerifierKey()}\n`,
          },
        }),
    },
    {
      method: "get",
      path: "/ledger/tile/*path",
      tag,
      summary: "A tile of the tree or a bundle of entries (C2SP tlog-tiles)",
      answers: [{ status: 200, description: "The tile", mediaTypes: ["application/octet-stream"] }],
      handle: (req) => tile(guard, req),
    },
  ];
}

async function tile(guard: Guard, req: Request): Promise<Answer> {
  const path = req.path.slice("/ledger/".length);
  const found = tilePath.test(path) ? await guard.ledgerTile(path) : null;
  if (found === null) throw new GuardError("not_found", "no such tile");
  return {
    status: 200,
    headers: { "Cache-Control": found.full ? "public, max-age=31536000, immutable" : "no-cache" },
    body: { kind: "bytes", mediaType: "application/octet-stream", bytes: found.bytes },
  };
}
