import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import request from "supertest";
import { describe, expect, it } from "vitest";
import type { ImportView } from "../../src/domain/contract.gen.ts";
import { GuardError } from "../../src/domain/guard-error.ts";
import type { Guard, Upload } from "../../src/guard/guard.ts";
import { lookupReason } from "../../src/http/lookup-reason.ts";
import { adminKey, customerKey, testApi } from "./fake-guard.ts";

const bearer = { Authorization: `Bearer ${customerKey}` };
const declaration = JSON.stringify({ basis: "contract", purposes: ["transaction"], channels: ["sms"] });

async function bytesOf(upload: Upload): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of upload.bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("contact imports", () => {
  type Start = Parameters<Guard["startImport"]>[1];
  function importing() {
    const seen: { input?: Start; bytes?: Buffer } = {};
    const { api } = testApi({
      startImport: async (_caller, input) => {
        seen.input = input;
        seen.bytes = await bytesOf(input.file);
        return { id: "import-1", status: "running" };
      },
    });
    return { seen, post: () => request(api).post("/v1/contact-imports").set(bearer) };
  }

  it("hand the file on as it streams, with what was declared", async () => {
    const { seen, post } = importing();
    const file = Buffer.from("phone\n".concat("0901234567\n".repeat(300_000)));
    const res = await post()
      .field("declaration", declaration)
      .field("mapping", '{"phone":"phone"}')
      .attach("file", file, { filename: "danh-bạ.csv", contentType: "text/csv" });
    expect([res.status, res.headers["location"]]).toEqual([202, "/v1/contact-imports/import-1"]);
    expect(seen.bytes?.equals(file)).toBe(true);
    expect(seen.input).toMatchObject({ mapping: { phone: "phone" }, file: { mediaType: "text/csv" } });
    expect(seen.input?.declaration.basis).toBe("contract");
  });

  it("with one key twice: the same parts get the first answer, another file of the same length none", async () => {
    const { post } = importing();
    const send = (file: string, key = "import-1") =>
      post()
        .set("Idempotency-Key", key)
        .field("declaration", declaration)
        .attach("file", Buffer.from(file), "a.csv");
    const first = await send("phone\n0901234567\n");
    const again = await send("phone\n0901234567\n");
    expect([first.status, again.status, again.headers["idempotent-replay"]]).toEqual([202, 202, "true"]);
    const other = await send("phone\n0901234568\n");
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect((await send("phone\n0901234568\n", "import-2")).headers["idempotent-replay"]).toBeUndefined();
  });

  it("take the fields after the file as well", async () => {
    const { seen, post } = importing();
    const res = await post()
      .attach("file", Buffer.from("phone\n1\n"), "a.csv")
      .field("declaration", declaration);
    expect([res.status, seen.bytes?.toString()]).toEqual([202, "phone\n1\n"]);
  });

  it("say which part is missing, repeated or wrong", async () => {
    const file = Buffer.from("phone\n");
    const faults = async (call: request.Test) => {
      const res = await call;
      return [res.status, res.body.code, res.body.errors?.[0]?.pointer];
    };
    const { post } = importing();
    expect(await faults(post().attach("file", file, "a.csv"))).toEqual([
      400,
      "invalid_request",
      "/declaration",
    ]);
    expect(await faults(post().field("declaration", declaration))).toEqual([400, "invalid_request", "/file"]);
    expect(
      await faults(
        post().field("declaration", declaration).field("declaration", declaration).attach("file", file, "a"),
      ),
    ).toEqual([400, "invalid_request", "/declaration"]);
    expect(await faults(post().field("declaration", "{").attach("file", file, "a"))).toEqual([
      400,
      "malformed_json",
      undefined,
    ]);
    expect(await faults(post().field("declaration", "{}").attach("file", file, "a"))).toEqual([
      400,
      "invalid_request",
      "/declaration/basis",
    ]);
    const advertising = '{"basis":"contract","purposes":["advertising"],"channels":["sms"]}';
    expect((await faults(post().field("declaration", advertising).attach("file", file, "a")))[1]).toBe(
      "basis_not_valid_for_purpose",
    );
  });

  it("refuse what only claims to be a form", async () => {
    const { post } = importing();
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=x"]) {
      const res = await post().set("Content-Type", type).send("nothing of the kind");
      expect([res.status, res.body.code], type).toEqual([400, "invalid_request"]);
    }
    const json = await post().send({ declaration: {} });
    expect([json.status, json.body.code]).toEqual([415, "unsupported_media_type"]);
  });

  it("answer although the use case refused without reading the file", async () => {
    const { api } = testApi({
      startImport: () => Promise.reject(new GuardError("policy_not_accepted", "x")),
    });
    const res = await request(api)
      .post("/v1/contact-imports")
      .set(bearer)
      .field("declaration", declaration)
      .attach("file", Buffer.alloc(5 * 1024 * 1024, "1\n"), "a.csv");
    expect([res.status, res.body.code]).toEqual([403, "policy_not_accepted"]);
  });

  it("fail the stream, not the process, when the client goes away midway", async () => {
    let failed: ((error: unknown) => void) | undefined;
    const failure = new Promise((resolve) => {
      failed = resolve;
    });
    const { api } = testApi({
      startImport: async (_caller, input) => {
        try {
          await bytesOf(input.file);
        } catch (error) {
          failed?.(error);
          throw error;
        }
        return { id: "i", status: "running" };
      },
    });
    const server = api.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const head = [
      "POST /v1/contact-imports HTTP/1.1",
      "Host: guard",
      `Authorization: Bearer ${customerKey}`,
      "Content-Type: multipart/form-data; boundary=b",
      "Content-Length: 100000000",
      "",
      "--b",
      'Content-Disposition: form-data; name="declaration"',
      "",
      declaration,
      "--b",
      'Content-Disposition: form-data; name="file"; filename="a.csv"',
      "",
      "phone\n".repeat(100_000),
    ].join("\r\n");
    socket.write(head, () => socket.destroy());
    expect(await failure).toBeInstanceOf(GuardError);
    server.close();
  });
});

describe("events and exports", () => {
  const view = (status: ImportView["status"]): ImportView => ({
    id: "import-1",
    status,
    bytes: { read: 1, total: null },
    counts: { total: 1, accepted: 1, updated: 0, duplicate: 0, rejected: 0, quarantined: 0 },
    reasons: [],
    startedAt: "2026-01-31T09:00:00Z",
    finishedAt: null,
  });

  it("send each state of an import as an event and end with it", async () => {
    const { api } = testApi({
      watchImport: async function* () {
        yield view("running");
        yield view("completed");
      },
    });
    const res = await request(api).get("/v1/contact-imports/import-1/events").set(bearer);
    expect(res.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    const events = res.text.trim().split("\n\n");
    expect(events.map((event) => JSON.parse(event.replace("event: import\ndata: ", "")).status)).toEqual([
      "running",
      "completed",
    ]);
  });

  it("answer a problem when a stream fails before its first piece, and cut it off when it fails later", async () => {
    const unknown = testApi({
      // biome-ignore lint/correctness/useYield: it fails before it could
      importErrors: async function* () {
        throw new GuardError("not_found", "x");
      },
    });
    const res = await request(unknown.api).get("/v1/contact-imports/x/errors").set(bearer);
    expect([res.status, res.body.code]).toEqual([404, "not_found"]);

    const broken = testApi({
      importErrors: async function* () {
        yield "row,code\n";
        throw new Error("store gone");
      },
    });
    await expect(request(broken.api).get("/v1/contact-imports/x/errors").set(bearer)).rejects.toThrow(
      /aborted|hang up/,
    );
    expect(broken.lines.some((line) => line.level === "error")).toBe(true);
  });

  it("stop watching when the caller has gone", async () => {
    let stopped: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const { api } = testApi({
      watchImport: async function* (_caller, _id, signal) {
        yield view("running");
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        stopped?.();
      },
    });
    const server = api.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const controller = new AbortController();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/contact-imports/i/events`;
    const res = await fetch(url, { headers: bearer, signal: controller.signal });
    expect(res.status).toBe(200);
    controller.abort();
    await gone;
    server.close();
  });
});

describe("the sharing log", () => {
  const page = { items: [], nextCursor: null };
  const search = (accept: string, reason: string | null = "complaint 12/2026") => {
    const seen: { reason?: string; language?: string } = {};
    const { api } = testApi({
      searchSharingLog: (_caller, _input, given) => {
        seen.reason = given;
        return Promise.resolve(page);
      },
      exportSharingLog: (_caller, _input, given, form) => {
        seen.reason = given;
        seen.language = form.language;
        const bytes = Buffer.from("%PDF-1.7");
        return Promise.resolve({ mediaType: form.mediaType, fileName: 'log"\r\nX: 1.pdf', bytes });
      },
    });
    const call = request(api).post("/v1/sharing-log/search").set(bearer).set("Accept", accept);
    if (reason !== null) call.set("X-Lookup-Reason", reason);
    return { seen, call };
  };

  it("needs a reason of eight characters", async () => {
    for (const reason of [null, "", "seven77", "        "]) {
      const res = await search("application/json", reason).call.send({});
      expect([res.status, res.body.code]).toEqual([400, "lookup_reason_missing"]);
    }
    const { seen, call } = search("application/json");
    expect((await call.send({ phone: "0901234567" })).body).toEqual(page);
    expect(seen.reason).toBe("complaint 12/2026");
  });

  it("reads a reason in Vietnamese, which HTTP hands over byte by byte", () => {
    const header = Buffer.from("khiếu nại 12/2026", "utf8").toString("latin1");
    expect(lookupReason(header)).toBe("khiếu nại 12/2026");
    expect(lookupReason("r\u00e9clamation")).toBe("réclamation");
    expect(() => lookupReason(Buffer.from("khiếu", "utf8").toString("latin1"))).toThrow(GuardError);
  });

  it("comes as JSON, CSV or PDF, as Accept prefers, in the caller's language", async () => {
    const { seen, call } = search("application/pdf, application/json;q=0.5");
    const res = await call.set("Accept-Language", "vi").send({});
    expect(res.headers["content-type"]).toMatch(/^application\/pdf/);
    expect(res.headers["content-disposition"]).toBe('attachment; filename="log___X__1.pdf"');
    expect(seen.language).toBe("vi");
    expect((await search("*/*").call.send({})).headers["content-type"]).toMatch(/json/);
    expect((await search("text/csv").call.send({})).headers["content-type"]).toMatch(/^text\/csv/);
    const none = await search("image/png").call.send({});
    expect([none.status, none.body.code]).toEqual([406, "not_acceptable"]);
  });

  it("takes positions as whole numbers only", async () => {
    const { api } = testApi({ sharingLogProof: (_caller, index) => Promise.resolve(`index ${index}\n`) });
    const ask = (index: string) => request(api).get(`/v1/sharing-log/${index}/proof`).set(bearer);
    expect((await ask("12345678901234567")).text).toBe("index 12345678901234567\n");
    for (const index of ["-1", "1.5", "0x1", "01", "1e3", "9".repeat(30)]) {
      expect((await ask(index)).status, index).toBe(404);
    }
  });
});

describe("public files", () => {
  it("serve tiles as they are and let only full ones be cached for ever", async () => {
    const asked: string[] = [];
    const { api } = testApi({
      ledgerTile: (path) => {
        asked.push(path);
        return Promise.resolve({ bytes: Buffer.from([1, 2]), full: !path.includes(".p/") });
      },
      ledgerCheckpoint: () => Promise.resolve("subscriber-guard.local/ledger\n1\n"),
    });
    const full = await request(api).get("/ledger/tile/0/x001/234");
    expect(full.headers["cache-control"]).toContain("immutable");
    const partial = await request(api).get("/ledger/tile/entries/000.p/5");
    expect(partial.headers["cache-control"]).toBe("no-cache");
    expect(asked).toEqual(["tile/0/x001/234", "tile/entries/000.p/5"]);
    for (const path of [
      "tile/64/000",
      "tile/0/1",
      "tile/0/../../etc",
      "tile/0/000.p/0",
      "tile/0/%2e%2e/000",
    ]) {
      expect((await request(api).get(`/ledger/${path}`)).status, path).toBe(404);
    }
    expect(asked).toHaveLength(2);
    expect((await request(api).get("/ledger/checkpoint")).headers["content-type"]).toMatch(/^text\/plain/);
  });

  it("tell readiness by status", async () => {
    const checks = { ledger: "down" };
    const { api } = testApi({ readiness: () => Promise.resolve({ ready: false, checks }) });
    expect((await request(api).get("/healthz")).body).toEqual({ status: "ok" });
    const res = await request(api).get("/readyz");
    expect([res.status, res.body.checks]).toEqual([503, checks]);
  });

  it("show metrics to loopback or to the token's holder, not to what a proxy passes on", async () => {
    const metrics = {
      read: () => Promise.resolve({ mediaType: "text/plain", text: "up 1\n" }),
      token: "t".repeat(32),
    };
    const { api } = testApi({}, { metrics });
    const forwarded = () => request(api).get("/metrics").set("X-Forwarded-For", "203.0.113.9");
    expect((await request(api).get("/metrics")).text).toBe("up 1\n");
    expect((await forwarded()).status).toBe(401);
    expect((await forwarded().set("Authorization", "Bearer wrong")).status).toBe(401);
    expect((await forwarded().set("Authorization", `Bearer ${"t".repeat(32)}`)).status).toBe(200);
  });
});

describe("inbound calls", () => {
  it("pass on the bytes, the query and the path's secret as they came", async () => {
    let seen: Parameters<Guard["receive"]>[1] | undefined;
    const { api, lines } = testApi({
      receive: (_id, input) => {
        seen = input;
        return Promise.resolve({ status: 200, contentType: "text/plain", body: "ok" });
      },
    });
    const res = await request(api)
      .post("/v1/inbound/esms/receipts/s3cret?sms=%20a&sms=b")
      .set("Content-Type", "application/json")
      .send('{"a": 1 }');
    expect([res.status, res.text]).toEqual([200, "ok"]);
    expect(seen).toMatchObject({
      kind: "receipts",
      method: "POST",
      rawQuery: "sms=%20a&sms=b",
      secretPath: "s3cret",
    });
    expect(Buffer.from(seen?.rawBody ?? []).toString()).toBe('{"a": 1 }');
    expect(JSON.stringify(lines)).not.toContain("s3cret");
  });

  it("are refused with 401 when their signature is", async () => {
    const { api } = testApi({
      receive: () => Promise.reject(new GuardError("unauthenticated", "signature")),
    });
    expect((await request(api).get("/v1/inbound/esms/receipts")).status).toBe(401);
    expect((await request(api).delete("/v1/inbound/esms/receipts")).status).toBe(405);
  });
});

describe("the do-not-call list", () => {
  const view = { snapshotAt: null, numbers: 1, stale: false };

  it("streams in, with the moment it was taken", async () => {
    let seen: { at?: Date; text?: string } = {};
    const { api } = testApi({
      replaceDoNotCall: async (_caller, at, upload) => {
        seen = { at, text: (await bytesOf(upload)).toString() };
        return view;
      },
    });
    const put = (query: string, type: string) =>
      request(api)
        .put(`/v1/do-not-call${query}`)
        .set("Authorization", `Bearer ${adminKey}`)
        .set("Content-Type", type)
        .send("0901234567\n");
    expect((await put("?snapshotAt=2026-11-01T00:00:00Z", "text/csv")).status).toBe(202);
    expect(seen).toEqual({ at: new Date("2026-11-01T00:00:00Z"), text: "0901234567\n" });
    expect((await put("", "text/csv")).body.code).toBe("invalid_request");
    expect((await put("?snapshotAt=2026-11-01T00:00:00Z", "text/plain")).status).toBe(415);
  });
});
