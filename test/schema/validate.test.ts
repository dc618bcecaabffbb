import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { ContractTypes } from "../../src/domain/contract.gen.ts";
import { GuardError } from "../../src/domain/guard-error.ts";
import { bases, channels, purposes, reasonCodes, rowCodes } from "../../src/domain/vocabulary.ts";
import { bundleSchemas, readSchemaFiles } from "../../src/schema/schema-files.ts";
import { createValidators } from "../../src/schema/validate.ts";

const validators = createValidators();
const contacts = validators.parser("ContactsRequest");
const campaign = validators.parser("CampaignRequest");

function faultsOf(parse: () => unknown) {
  try {
    parse();
  } catch (error) {
    if (error instanceof GuardError && error.code === "invalid_request") return error.errors;
    throw error;
  }
  throw new Error("expected a refusal");
}

function durationMs(run: () => unknown): number {
  const startedAt = process.cpuUsage();
  run();
  return process.cpuUsage(startedAt).user / 1000;
}

const declaration = { basis: "contract", purposes: ["transaction"], channels: ["sms"] };

it("takes a provider's ids as text or as the numbers they look like", () => {
  const connector = validators.parser("ConnectorSettings");
  const secrets = { appSecret: "s", oaSecret: "o", refreshToken: "r" };
  for (const id of ["42", 42]) {
    expect(connector({ kind: "viber", serviceId: id })).toBeTruthy();
    expect(connector({ kind: "zns", appId: id, oaId: id, ...secrets })).toBeTruthy();
    const zns = validators.parser("ZnsContent");
    expect(zns({ templateId: id, tag: 1, templateText: "x", data: {} })).toBeTruthy();
  }
  for (const id of ["", 4.2, -1, true, null])
    expect(faultsOf(() => connector({ kind: "viber", serviceId: id }))).not.toEqual([]);
});

describe("faults", () => {
  it("names every fault with its pointer and a code that does not depend on the validator", () => {
    const faults = faultsOf(() =>
      contacts({
        declaration: { ...declaration, basis: "wish", channels: [] },
        contacts: [{ phone: 901234567, "a/b": 1 }],
      }),
    );
    expect(faults.map(({ pointer, code }) => ({ pointer, code }))).toEqual(
      expect.arrayContaining([
        { pointer: "/declaration/basis", code: "not_allowed" },
        { pointer: "/declaration/channels", code: "too_few" },
        { pointer: "/contacts/0/phone", code: "wrong_type" },
        { pointer: "/contacts/0/a~1b", code: "unknown_field" },
      ]),
    );
    expect(faults).toHaveLength(4);
  });

  it("never repeats what was sent", () => {
    const faults = faultsOf(() =>
      contacts({
        declaration: { ...declaration, basis: "0901234567" },
        contacts: [{ phone: ["0901234567"] }],
      }),
    );
    expect(JSON.stringify(faults)).not.toContain("0901234567");
  });

  it("judges a campaign's content by its channel and says so without the noise of other channels", () => {
    const body = {
      name: "n",
      purpose: "transaction",
      processor: "p",
      sender: "s",
      recipients: { all: true },
    };
    const faults = faultsOf(() => campaign({ ...body, channel: "zns", content: { text: "xin chào" } }));
    expect(faults.map(({ pointer, code }) => [pointer, code])).toEqual(
      expect.arrayContaining([
        ["/content/templateId", "required"],
        ["/content/tag", "required"],
        ["/content/templateText", "required"],
        ["/content/data", "required"],
        ["/content/text", "unknown_field"],
      ]),
    );
    expect(faults).toHaveLength(5);
    expect(() => campaign({ ...body, channel: "sms", content: { text: "xin chào" } })).not.toThrow();
  });

  it("refuses a channel that carries no campaign, and a missing one, once", () => {
    expect(faultsOf(() => campaign({ channel: "page" })).map(({ pointer }) => pointer)).toEqual(["/channel"]);
    expect(faultsOf(() => campaign({})).map(({ pointer }) => pointer)).toEqual(["/channel"]);
  });

  it("takes exactly one way of naming recipients", () => {
    const base = { name: "n", channel: "sms", purpose: "transaction", processor: "p", sender: "s" };
    for (const recipients of [{}, { all: true, importId: "i" }]) {
      const faults = faultsOf(() => campaign({ ...base, content: { text: "a" }, recipients }));
      expect(faults).toEqual([
        {
          pointer: "/recipients",
          code: "exactly_one",
          message: "Give exactly one of: list, importId, all.",
        },
      ]);
    }
  });

  it("speaks Vietnamese when asked", () => {
    expect(faultsOf(() => validators.parser("SubscriberLookupRequest")({}, "vi"))).toEqual([
      { pointer: "/phone", code: "required", message: "Thiếu trường bắt buộc." },
    ]);
  });

  it("takes a time only with its zone, and a contract's dates also without the hour", () => {
    const policy = validators.parser("WithdrawalRequest");
    const body = { phone: "0901234567", source: "hotline" };
    expect(faultsOf(() => policy({ ...body, receivedAt: "2026-01-31T09:00:00" }))[0]?.code).toBe(
      "bad_format",
    );
    expect(() => policy({ ...body, receivedAt: "2026-01-31T09:00:00+07:00" })).not.toThrow();
    const contract = validators.parser("ProcessorContract");
    expect(() =>
      contract({ reference: "r", validFrom: "2026-01-31", validUntil: "2027-01-31" }),
    ).not.toThrow();
    expect(
      faultsOf(() => contract({ reference: "r", validFrom: "31/01/2026", validUntil: "2027-01-31" })),
    ).toHaveLength(1);
  });
});

describe("query parameters", () => {
  const query = validators.textParser("RecipientQuery");

  it("reads numbers and booleans from text", () => {
    expect(query({ limit: "10" })).toEqual({ limit: 10 });
    expect(validators.textParser("PreviewQuery")({ explain: "true" })).toEqual({ explain: true });
  });

  it("refuses unknown, repeated and out-of-range parameters", () => {
    expect(faultsOf(() => query({ limt: "10" }))[0]).toMatchObject({
      pointer: "/limt",
      code: "unknown_field",
    });
    expect(faultsOf(() => query({ limit: ["1", "2"] }))[0]).toMatchObject({ pointer: "/limit" });
    expect(faultsOf(() => query({ limit: "1001" }))[0]).toMatchObject({ code: "out_of_range" });
    expect(faultsOf(() => query({ limit: "ten" }))[0]).toMatchObject({ code: "wrong_type" });
  });
});

describe("hostile bodies", () => {
  it("costs time that grows with the length alone, whatever is wrong with it", () => {
    const rows = Array.from({ length: 190_000 }, () => 0);
    const distinct = Array.from({ length: 60_000 }, (_, index) => ({ index }));
    expect(durationMs(() => faultsOf(() => contacts({ contacts: rows })))).toBeLessThan(3000);
    expect(
      durationMs(() =>
        faultsOf(() => contacts({ declaration: { ...declaration, x: 1, purposes: distinct }, contacts: [] })),
      ),
    ).toBeLessThan(3000);
  });

  it("tells no more faults than a problem document holds", () => {
    const rows = Array.from({ length: 5000 }, () => ({ phone: 1 }));
    expect(faultsOf(() => contacts({ declaration, contacts: rows }))).toHaveLength(1000);
  });

  it("outlives texts that exhaust a regular expression", () => {
    const content = { text: "a", imageUrl: `http://${"a:".repeat(5_000_000)}` };
    expect(faultsOf(() => campaign({ channel: "viber", content }))).not.toHaveLength(0);
  });
});

describe("the schemas", () => {
  const bundle = bundleSchemas(readSchemaFiles(), "#/$defs/");

  it("hold the vocabulary of the domain and nothing else", () => {
    expect(bundle["Purpose"]?.["enum"]).toEqual(purposes);
    expect(bundle["Channel"]?.["enum"]).toEqual(channels);
    expect(bundle["Basis"]?.["enum"]).toEqual(bases);
    expect(bundle["ReasonCode"]?.["enum"]).toEqual(reasonCodes);
    expect(new Set(bundle["RowCode"]?.["enum"] as string[])).toEqual(new Set([...rowCodes, ...reasonCodes]));
  });

  it("follow the meta-schema of JSON Schema 2020-12", () => {
    const judge = new Ajv2020({ allowUnionTypes: true, strict: false });
    for (const file of readSchemaFiles()) {
      expect([judge.validateSchema(file), judge.errorsText()], file.$id).toEqual([true, "No errors"]);
    }
    expect(judge.validateSchema({ type: "objekt" })).toBe(false);
  });

  it("compile, every one of them, each way that they are asked", () => {
    for (const title of Object.keys(bundle) as (keyof ContractTypes)[]) {
      for (const parse of [validators.parser(title), validators.textParser(title)]) {
        // Some definitions take anything; what a compiler cannot make sense of is no `invalid_request`.
        try {
          parse(Symbol.for("no JSON"));
        } catch (error) {
          expect(error, title).toBeInstanceOf(GuardError);
        }
      }
    }
    expect(() => validators.parser("Nothing" as keyof ContractTypes)).toThrow("no schema is titled Nothing");
  });

  it("title each definition by its key", () => {
    for (const [title, schema] of Object.entries(bundle)) expect(schema["title"]).toBe(title);
  });

  it("close every object and bound every text and list", () => {
    const loose: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const schema = node as Record<string, unknown>;
      const types = [schema["type"]].flat();
      const union = "oneOf" in schema && "discriminator" in schema;
      if (types.includes("object") && !union && !("anyOf" in schema)) {
        if (schema["additionalProperties"] === undefined) loose.push(`${path} is open`);
        if (schema["additionalProperties"] !== false && schema["maxProperties"] === undefined) {
          loose.push(`${path} has no maxProperties`);
        }
      }
      const listed = "enum" in schema || "const" in schema;
      if (types.includes("string") && !listed && schema["maxLength"] === undefined) {
        loose.push(`${path} has no maxLength`);
      }
      if (types.includes("array") && schema["maxItems"] === undefined) loose.push(`${path} has no maxItems`);
      for (const [key, value] of Object.entries(schema)) visit(value, `${path}/${key}`);
    };
    for (const [title, schema] of Object.entries(bundle)) visit(schema, title);
    expect(loose).toEqual([]);
  });
});
