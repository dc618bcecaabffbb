import { createClient } from "../client/create-client.ts";

export type EraseOptions = {
  readonly url: string;
  readonly subscriber?: string | undefined;
  readonly customer?: string | undefined;
};

const numberMax = 64;

/**
 * `subscriber-guard erase`: 0 when the person is erased, 3 when a hand-off under way is still waited for. The number
 * comes by standard input: arguments stand in lists of processes and in histories of shells.
 */
export async function erase(
  options: EraseOptions,
  adminKey: string | undefined,
  input: AsyncIterable<string | Uint8Array>,
  print: (line: string) => void,
): Promise<number> {
  if (adminKey === undefined || adminKey === "") throw new Error("ADMIN_API_KEY is not set");
  const client = createClient({ baseUrl: options.url, apiKey: adminKey });
  const { erasures } = await client.eraseSubscribers({
    ...(options.subscriber === undefined
      ? { phone: await firstLine(input) }
      : { subscriberId: options.subscriber }),
    ...(options.customer === undefined ? {} : { customerId: options.customer }),
  });
  for (const { customer, status, erasedAt, recordsKept } of erasures) {
    print(
      status === "erased"
        ? `${customer}: erased on ${erasedAt}, ${recordsKept} records kept as commitments`
        : `${customer}: nothing goes out or is shown any more; a hand-off under way is waited for`,
    );
  }
  return erasures.every(({ status }) => status === "erased") ? 0 : 3;
}

async function firstLine(input: AsyncIterable<string | Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of input) {
    text += typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8");
    if (text.includes("\n") || text.length > numberMax) break;
  }
  const line = text.split("\n", 1)[0]?.trim() ?? "";
  if (line === "" || line.length > numberMax) throw new Error("give the number on standard input");
  return line;
}
