import { describe, expect, test } from "vitest";
import { optOutMethodAtEnd } from "../../../src/rules/text/opt-out-instruction.ts";

describe("by SMS", () => {
  test.each([
    "Tu choi QC: soan TC gui 199",
    "TC gui 0900000142.",
    "Tu choi TC 0900000408.",
    "Từ chối: soạn TC gửi 199",
    "Từ chối quảng cáo, soạn TC QC gửi 1900 1234 (miễn phí)",
    "Tu choi soan TC gui 199 (1.000d/SMS)",
    "HUY gui 9000",
    "Huy QC gui 9000",
    "Reply STOP to opt out",
    "Text STOP to 12345 to unsubscribe.",
    "Tra loi TC de tu choi",
    "Khong nhan tin, soan KN gui 8088",
    "KHÔNG NHẬN: soạn KN gửi 8088!",
  ])("%s", (end) => expect(optOutMethodAtEnd(`[QC] Pho Lan giam 20%. ${end}`)).toBe("sms"));
});

describe("by call", () => {
  test.each([
    "De tu choi goi 19001234 (mien phi)",
    "Tu choi: goi 1900 1234",
    "Gọi 19001234 để từ chối",
    "Opt-out: call 1900 6789",
    "Call 1900 6789 to opt out",
  ])("%s", (end) => expect(optOutMethodAtEnd(`[QC] Pho Lan giam 20%. ${end}`)).toBe("call"));
});

describe("no way to refuse at the end", () => {
  test.each([
    "",
    "Tu choi: https://pholan.example/tc/12345",
    "Tu choi: www.pholan.example/12345",
    "Tu choi: soan TC",
    "Tu choi soan TC gui 199. Mua ngay hom nay giam 50%",
    "Huy don LH 0900000331",
    "LH 0900000331",
    "Dung thu mien phi, goi 0900000331",
    "Thanh toan bi tu choi, vui long thu lai",
    "Da dung gui hang",
  ])("%s", (end) => expect(optOutMethodAtEnd(`[QC] Pho Lan giam 20%. ${end}`)).toBeNull());
});

test("a hostile text does not take long", () => {
  const started = performance.now();
  optOutMethodAtEnd("tu choi 1".repeat(20_000));
  optOutMethodAtEnd(`tu choi ${"1 ".repeat(200)}`);
  optOutMethodAtEnd(`${"stop to ".repeat(50)}`);
  expect(performance.now() - started).toBeLessThan(2_000);
});
