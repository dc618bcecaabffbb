import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { inflateUpload } from "../../src/http/inflate-upload.ts";

async function read(bytes: Buffer, max = 1_000_000, size = 7, mediaType = "text/csv"): Promise<string> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const upload = inflateUpload({ fileName: "", mediaType, bytes: pieces(), bytesTotal: null }, max);
  const read: Uint8Array[] = [];
  for await (const piece of upload.bytes) read.push(piece);
  return Buffer.concat(read).toString("utf8");
}

test("gzip is inflated whatever the pieces, and plain text passes unchanged", async () => {
  const text = "phone\n0900000001\n0900000002\n";
  for (const size of [1, 2, 7, 1_000]) {
    expect(await read(gzipSync(text), 1_000_000, size)).toBe(text);
    expect(await read(Buffer.from(text), 1_000_000, size)).toBe(text);
  }
  expect(await read(Buffer.alloc(0))).toBe("");
});

test("a small file that inflates to too much is refused", async () => {
  await expect(read(gzipSync(Buffer.alloc(5_000_000)), 1_000_000, 1_000)).rejects.toMatchObject({
    code: "body_too_large",
  });
});

test("a damaged gzip file is refused as unreadable", async () => {
  await expect(read(gzipSync("phone\n0900000001\n").subarray(0, 20))).rejects.toMatchObject({
    code: "file_unreadable",
  });
});

test("what is sent as gzip and is none is refused: it would be a list of nobody", async () => {
  for (const sent of ["not gzip", ""])
    await expect(read(Buffer.from(sent), 1_000, 7, "application/gzip")).rejects.toMatchObject({
      code: "file_unreadable",
    });
  expect(await read(gzipSync("0900000001"), 1_000, 7, "application/gzip")).toBe("0900000001");
});
