import axios from "axios";
import type { LogReader } from "../ledger/log-reader.ts";
import { bundlePath, tilePath } from "../ledger/tile.ts";

const bytesMax = 2 * 1_048_576;

/** A log as its HTTP face serves it (C2SP tlog-tiles). 404 means that the log does not have it; else it throws. */
export function httpLogReader(baseUrl: string): LogReader {
  const client = axios.create({
    baseURL: `${baseUrl.replace(/\/+$/, "")}/ledger/`,
    timeout: 15_000,
    maxRedirects: 0,
    proxy: false,
    maxContentLength: bytesMax,
    responseType: "arraybuffer",
    validateStatus: (status) => status === 200 || status === 404,
  });
  const get = async (path: string): Promise<Uint8Array | null> => {
    const answer = await client.get<ArrayBuffer>(path);
    return answer.status === 404 ? null : new Uint8Array(answer.data);
  };
  return {
    checkpoint: async () => {
      const bytes = await get("checkpoint");
      // A byte order mark would be part of the note: it must not vanish here.
      return bytes === null ? null : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    },
    tile: (tile) => get(tilePath(tile)),
    entries: (bundle) => get(bundlePath(bundle)),
  };
}
