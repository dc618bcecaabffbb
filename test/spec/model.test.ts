import { beforeAll, describe, expect, test } from "vitest";
import { checkModel, modelCases, requireSpin } from "../../scripts/check-model.ts";

beforeAll(() => requireSpin());

describe("Spin finds that", { timeout: 120_000 }, () => {
  const right = modelCases.filter(({ design }) => design === "right");
  test.each(right)("$name keeps every promise", (one) => {
    expect(checkModel(one)).toEqual({ holds: true, broken: null });
  });

  const wrong = modelCases.filter(({ design }) => design === "wrong");
  test.each(wrong)("$name breaks one, as every wrong design must", (one) => {
    const { holds, broken } = checkModel(one);
    expect(holds).toBe(false);
    // By an assertion, not by getting stuck.
    expect(broken).toMatch(/acked|Answered|handed|st\[m\]/);
  });
});
