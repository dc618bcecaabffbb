import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shippedData } from "../../src/content/content-data.ts";
import { createScanner } from "../../src/content/scan.ts";

const scanner = createScanner();
const hiv = "Chào chị Hạnh, kết quả xét nghiệm HIV của chị là dương tính";

describe("a fact about a person", () => {
  test.each([
    [hiv, "health"],
    ["Because you live with type 2 diabetes, Mr Long, we give you 20% off test strips", "health"],
    ["Tôn giáo của bạn là gì?", "religion"],
    ["Anh doc giup em ma OTP vua gui va mat khau ngan hang nhe", "credential"],
    ["Your credit score dropped to 588 after two missed payments", "financial_history"],
    ["The tin dung 4111 1111 1111 1111 cua quy khach da kich hoat", "card"],
  ])("%s is blocked", (text, category) => {
    const result = scanner.scanText(text, { channel: "sms" });
    expect(result.verdict).toBe("block");
    expect(result.findings.map((item) => item.category)).toContain(category);
  });

  test.each([
    "[QC] Giảm 20% toàn bộ cửa hàng đến hết Chủ nhật, freeship đơn từ 300K",
    "Ngày thế giới phòng chống HIV/AIDS: giải chạy 5km mở cho mọi người",
    "Ma OTP cua ban la 552013, hieu luc 3 phut. Tuyet doi khong cung cap cho bat ky ai.",
    "Tour chùa Một Cột và Văn Miếu 590K mỗi khách, khởi hành thứ Bảy",
    "Your parcel 794600123458 is out for delivery between 2 and 5 pm",
  ])("%s passes", (text) => {
    expect(scanner.scanText(text, { channel: "sms" }).verdict).toBe("pass");
  });
});

describe("findings", () => {
  test("point into the text as it was given, however it is written, and never quote it", () => {
    const text = "😀 Chào chị, <b>CC</b>CD của chị là 079188004521";
    const result = scanner.scanText(text, { field: "content.text" });
    const finding = result.findings.find((item) => item.rule === "national_id.cccd");
    expect(finding).toMatchObject({ field: "content.text", severity: "block" });
    expect(text.slice(...(finding?.span ?? [0, 0]))).toBe("079188004521");
    expect(JSON.stringify(result)).not.toContain("079188004521");
  });

  test("are the same for the same text", () => {
    const first = scanner.scanText(hiv);
    scanner.scanText("something else altogether");
    expect(scanner.scanText(hiv)).toEqual(first);
  });
});

describe("a disguise changes nothing", () => {
  test.each([
    ["composed differently", hiv.normalize("NFD")],
    ["zero-width characters", [...hiv].join("\u200b")],
    ["soft hyphens", hiv.replace(/(\p{L})(?=\p{L})/gu, "$1\u00ad")],
    ["full width", hiv.replace(/[a-zA-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
    ["Cyrillic look-alikes", hiv.replace(/a/g, "а").replace(/H/g, "Н").replace(/c/g, "с")],
    [
      "mathematical bold",
      hiv.replace(/[A-Z]/g, (c) => String.fromCodePoint(0x1d400 + c.charCodeAt(0) - 0x41)),
    ],
    ["entities", [...hiv].map((c) => `&#${c.codePointAt(0) ?? 0};`).join("")],
    ["inline tags", hiv.replace("HIV", "H<b>I</b>V")],
    ["no diacritics", "Chao chi Hanh, ket qua xet nghiem HIV cua chi la duong tinh"],
    ["spaced", hiv.replace("HIV", "H I V")],
    ["dotted", hiv.replace("HIV", "H.I.V")],
    ["leet", hiv.replace("HIV", "H1V")],
    ["masked", hiv.replace("xét nghiệm", "xét ngh*ệm")],
    ["masked instead of a letter", hiv.replace("xét nghiệm", "x*t ng*iệm")],
    ["telex", "Chaof chij Hanhj, keets quar xets nghieemj HIV cuar chij laf duwowng tinhs"],
    ["VNI", "Cha2o chi5 Ha5nh, ke61t qua3 xe1t nghie65m HIV cu3a chi5 la2 du7o7ng ti1nh"],
    ["repeated letters", hiv.replace("tính", "tínhhhhhh")],
    ["base64", `xem ${Buffer.from(hiv).toString("base64")} nhe`],
  ])("%s", (_, text) => {
    expect(scanner.scanText(text).verdict).toBe("block");
  });
});

test("leet down to the shortest words does not pass", () => {
  const text = "Chao ch1 Hanh, k3t qua xet ngh13m H1V c14 ch1 l4 duong t1nh";
  expect(scanner.scanText(text).verdict).not.toBe("pass");
});

describe("a number of a person", () => {
  test("is found with seven digits too", () => {
    const result = scanner.scanText("Hộ chiếu C1234567 của anh đã xong");
    expect(result.findings.map((item) => item.rule)).toContain("national_id.passport");
  });
});

describe("a field name", () => {
  test.each(["l4_ngu01_c0ng_g140", "ton_g*ao"])("in disguise (%s) is read without it", (name) => {
    expect(scanner.scanField(name, "có").verdict).toBe("block");
  });
  test.each(["line_2", "address1", "size_m2", "ip4_range"])("%s stays harmless", (name) => {
    expect(scanner.scanField(name, "xanh").verdict).toBe("pass");
  });
});

describe("hostile input", () => {
  test("never throws, and spans stay inside the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        for (const { span } of scanner.scanText(text).findings) {
          expect(span[0]).toBeGreaterThanOrEqual(0);
          expect(span[1]).toBeLessThanOrEqual(text.length);
          expect(span[0]).toBeLessThanOrEqual(span[1]);
        }
      }),
      { numRuns: 500 },
    );
  });

  /** Microseconds of processor time, the best of five. */
  const timeOf = (unit: string, size: number): number => {
    const text = unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const start = process.cpuUsage();
      scanner.scanText(text);
      const used = process.cpuUsage(start);
      best = Math.min(best, used.user + used.system);
    }
    return Math.max(best, 2000);
  };

  test.each([
    "a ",
    "b*n",
    "1234 ",
    "<",
    "{{",
    "&#",
    "b3nh ",
    "x",
    "ung thu vu hiv ",
    "cccd 079188004521 ",
    "QUJD",
    "\u0301",
    "%{",
  ])("time grows with length and no faster for repetitions of %j", (unit) => {
    timeOf(unit, 4096);
    // Sixteen times the text may cost about sixteen times the work; quadratic work would be 256 times.
    expect(timeOf(unit, 65_536) / timeOf(unit, 4096)).toBeLessThan(64);
  });

  // Where a pass is cheap, only a long text tells it from one that is made for each piece.
  test.each(["x", "1234 ", "@ "])("a long text of %j costs no more a letter than a short one", (unit) => {
    timeOf(unit, 16_384);
    expect(timeOf(unit, 262_144) / timeOf(unit, 16_384)).toBeLessThan(64);
  });
});

describe("the digest", () => {
  test("names the data", () => {
    expect(scanner.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(createScanner({ ...shippedData, digest: "other" }).digest).toBe("other");
  });
});

describe("a diagnosis that is told of somebody", () => {
  test.each([
    "Sach Viet: Bạn đã được chẩn đoán nhiễm HIV",
    "[QC] Sach Viet: Chị Lan bị ung thư vú, giảm 30% sách. Từ chối: soạn TC gửi 8079",
    "[QC] Sach Viet: Bệnh nhân Lan đã được chẩn đoán nhiễm HIV. Từ chối: soạn TC gửi 8079",
  ])("is blocked whatever is sold around it: %s", (text) => {
    const { verdict, findings } = scanner.scanText(text, { channel: "sms" });
    expect(verdict).toBe("block");
    expect(findings[0]?.category).toBe("health");
  });

  test.each([
    "Sach Viet: Ban da duoc chan doan nhiem HIV",
    "[AD] BookHouse: You were diagnosed with HIV, get 30% off. Reply STOP to 8079",
  ])("does not pass without marks or in English either: %s", (text) => {
    expect(scanner.scanText(text, { channel: "sms" }).verdict).not.toBe("pass");
  });

  test.each([
    "Nếu bạn bị tiểu đường, hãy hỏi bác sĩ",
    "If you have asthma, ask a pharmacist",
    "Sách hay: Anh bị cảm nắng - tập 2",
    "Sach Viet: sach moi ve ung thu vu da co tai nha sach",
  ])("is not seen where it is only supposed or a title: %s", (text) => {
    expect(scanner.scanText(text, { channel: "sms" }).verdict).toBe("pass");
  });
});
