import express from "express";
import request from "supertest";
import { expect, it } from "vitest";
import type { Guard } from "../../src/guard/guard.ts";
import { campaignMiddleware } from "../../src/http/middleware.ts";
import { createValidators } from "../../src/schema/validate.ts";
import { campaign, memoryIdempotency } from "./fake-guard.ts";

it("takes a repeated request with its Idempotency-Key for the same campaign, and another body for a mistake", async () => {
  let submitted = 0;
  const guard: Pick<Guard, "submitCampaign" | "publishPage"> = {
    submitCampaign: () => {
      submitted++;
      return Promise.resolve({ id: `campaign-${submitted}`, status: "sending" as const, decision: null });
    },
    publishPage: () => Promise.reject(new Error("not asked")),
  };
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const app = express();
  app.post(
    "/send/:name",
    campaignMiddleware(
      {
        guard,
        validators: createValidators(),
        publicUrl: "https://guard.example",
        newId: () => "id",
        logger,
        idempotency: memoryIdempotency(),
      },
      {
        map: (req) => ({
          ...campaign,
          name: String(req.params["name"]),
          recipients: { list: [{ phone: "0901234567" }] },
        }),
        caller: () => ({ keyId: "k", customerId: "c", scopes: ["campaigns"], mode: "live" }),
      },
    ),
    (req, res) => void res.json(req.guard.campaign),
  );
  const send = (name: string, key?: string) => {
    const call = request(app).post(`/send/${name}`);
    return key === undefined ? call : call.set("Idempotency-Key", key);
  };
  const first = await send("a", "november");
  expect((await send("a", "november")).body).toEqual(first.body);
  expect(submitted).toBe(1);
  expect((await send("b", "november")).status).toBe(422);
  await send("a", "december");
  await send("a");
  await send("a");
  expect(submitted).toBe(4);
});
