import { execFileSync } from "node:child_process";
import { connect, Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { createCallRecords } from "../../src/sandbox/call-records.ts";
import { createCallbackSender } from "../../src/sandbox/callback-sender.ts";
import { scenarioOf, scenarios } from "../../src/sandbox/scenario.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.stop();
  sandbox = undefined;
});

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> =>
  fetch(url, { method: "POST", body: JSON.stringify(body), headers }).then((response) => response.json());

test("nothing listens beyond loopback", async () => {
  sandbox = await startSandbox({ now: () => new Date() });
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => !one.internal && one.family === "IPv4")
    .map((one) => one.address);
  for (const url of Object.values(sandbox.urls)) expect(new URL(url).hostname).toBe("127.0.0.1");
  for (const address of outside) {
    for (const port of [Number(new URL(sandbox.urls.esms).port), sandbox.smpp.port]) {
      const open = await new Promise<boolean>((resolve) => {
        const socket = connect(port, address);
        socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
      });
      expect(open).toBe(false);
    }
  }
});

test("it does not keep a process alive that has nothing else to do", () => {
  const script = `import { startSandbox } from ${JSON.stringify(new URL("../../src/sandbox/start-sandbox.ts", import.meta.url).href)};
    await startSandbox({ now: () => new Date() }); console.log("started");`;
  const output = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(output).toContain("started");
});

test("only the hundred numbers of one block have a meaning, in every spelling", () => {
  for (const phone of ["+84999000010", "84999000010", "0999000010"])
    expect(scenarioOf(phone)).toBe(scenarios["10"]);
  for (const phone of ["+84901000010", "+84909990000", "0912345678", "+849990000100", "page-10"]) {
    expect(scenarioOf(phone)).toEqual({ call: "accepted", receipt: "delivered" });
  }
});

test("eSMS's limits of the advertising call are kept", async () => {
  sandbox = await startSandbox({ now: () => new Date() });
  const url = `${sandbox.urls.esms}MainService.svc/json/SendMultipleSMSBrandname_json/`;
  const call = (phones: readonly string[]) =>
    post(url, {
      ApiKey: "k",
      SecretKey: "s",
      Brandname: "B",
      SmsType: "1",
      Content: "[QC] x",
      Phones: phones,
    });
  const numbers = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `0901${String(index).padStart(6, "0")}`);
  expect(await call(numbers(29))).toMatchObject({ CodeResult: "107" });
  expect(await call([...numbers(29), "0901000000"])).toMatchObject({ CodeResult: "107" });
  expect(await call(numbers(30))).toMatchObject({ CodeResult: "100" });
  expect(await call(numbers(5_001))).toMatchObject({ CodeResult: "120" });
});

test("a refresh token of Zalo's is good once, and a wrong access token gives -124 with HTTP 200", async () => {
  sandbox = await startSandbox({ now: () => new Date() });
  const oauth = sandbox.urls.znsOauth;
  const refresh = async (): Promise<unknown> => {
    const body = new URLSearchParams({ refresh_token: "once", app_id: "1", grant_type: "refresh_token" });
    const response = await fetch(`${oauth}v4/oa/access_token`, {
      method: "POST",
      body,
      headers: { secret_key: "s" },
    });
    return response.json();
  };
  expect(await refresh()).toMatchObject({ expires_in: "90000" });
  expect(await refresh()).toMatchObject({ error: expect.any(Number), error_name: "Invalid refresh token" });
  const sent = await post(
    `${sandbox.urls.zns}message/template`,
    { phone: "84901888484" },
    { access_token: "none" },
  );
  expect(sent).toMatchObject({ error: -124, data: null });
});

test("the records keep the last calls and count them all", () => {
  const records = createCallRecords({ recordsMax: 3 });
  for (let call = 1; call <= 5; call += 1) {
    records.add({
      provider: "esms",
      at: new Date(0),
      key: String(call),
      reference: "",
      phone: "",
      text: "",
      outcome: "accepted",
    });
  }
  expect(records.calls("esms").map((call) => call.key)).toEqual(["3", "4", "5"]);
  expect(records.counts("esms")).toEqual({ accepted: 5 });
  expect(records.counts("zns")).toEqual({});
});

test("no callback leaves loopback", () => {
  const connected = vi.spyOn(Socket.prototype, "connect");
  const sender = createCallbackSender();
  for (const url of [
    "http://provider.example/x",
    "https://127.0.0.1/x",
    "file:///etc/passwd",
    "http://127.0.0.1.example.com/",
  ]) {
    sender.send({ method: "GET", url });
  }
  sender.stop();
  expect(connected).not.toHaveBeenCalled();
  connected.mockRestore();
});
