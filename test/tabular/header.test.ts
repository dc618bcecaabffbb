import { describe, expect, it } from "vitest";
import { columnNames } from "../../src/tabular/contact-fields.ts";
import { foldColumnName, recogniseHeader } from "../../src/tabular/header.ts";

describe("column names", () => {
  it.each([
    ["Số điện thoại", "phone"],
    ["SỐ ĐIỆN THOẠI (*)", "phone"],
    ["SĐT", "phone"],
    ["sdt", "phone"],
    ["dien_thoai", "phone"],
    ["Điện thoại di động", "phone"],
    ["Di động", "phone"],
    ["Mobile", "phone"],
    ["Phone Number", "phone"],
    ["Họ tên", "name"],
    ["Ho\u0323 va\u0300 te\u0302n", "name"],
    ["Tên", "name"],
    ["Full name", "name"],
    ["Ngày sinh (dd/mm/yyyy)", "birthDate"],
    ["DOB", "birthDate"],
    ["birthDate", "birthDate"],
    ["Quốc gia", "country"],
    ["country", "country"],
    ["Ngày đồng ý", "consentedAt"],
    ["Thời gian đồng ý", "consentedAt"],
    ["consentedAt", "consentedAt"],
    ["Cơ sở", "basis"],
    ["Phương thức", "method"],
    ["Nguồn", "source"],
    ["Phiên bản thông báo", "noticeVersion"],
    ["notice_version", "noticeVersion"],
    ["Bằng chứng", "evidence"],
    ["Người giám hộ", "guardian.name"],
    ["SĐT người giám hộ", "guardian.phone"],
    ["guardian.phone", "guardian.phone"],
    ["guardian.consentedAt", "guardian.consentedAt"],
    ["Bằng chứng người giám hộ", "guardian.evidence"],
    ["Mã khách hàng", "correlationId"],
    ["correlationId", "correlationId"],
  ])("%s is %s", (name, field) => {
    expect([...recogniseHeader([name]).fields]).toEqual([[field, 0]]);
    expect([...recogniseHeader([`  ${name.toUpperCase().normalize("NFD")} `]).fields]).toEqual([[field, 0]]);
  });

  it("have one meaning each, and are written folded", () => {
    const names = Object.values(columnNames).flat();
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(foldColumnName(name)).toBe(name);
  });

  it("that mean nothing known are attributes", () => {
    const { fields, attributes } = recogniseHeader([
      "Điện thoại bàn",
      "sđt",
      "Thành phố",
      "attributes.hạng",
      "",
    ]);
    expect([...fields]).toEqual([["phone", 1]]);
    expect(attributes).toEqual([
      { position: 0, name: "Điện thoại bàn" },
      { position: 2, name: "Thành phố" },
      { position: 3, name: "hạng" },
      { position: 4, name: "" },
    ]);
  });

  it("of one meaning twice: the surer one is the field, then the first", () => {
    expect(recogniseHeader(["Điện thoại", "Số điện thoại"]).fields.get("phone")).toBe(1);
    expect(recogniseHeader(["sđt", "SDT"])).toMatchObject({ attributes: [{ position: 1, name: "SDT" }] });
  });

  it("of any length and content are folded without harm", () => {
    expect(foldColumnName("(".repeat(100_000))).toBe("");
    expect([...recogniseHeader(["__proto__", "constructor", "toString"]).fields]).toEqual([]);
  });
});

describe("an explicit mapping", () => {
  it("wins over recognition", () => {
    const { fields, attributes, faults } = recogniseHeader(["phone", "Zalo liên hệ", "Thành phố", "Tên"], {
      "zalo lien he": "phone",
      "Thành phố": "attributes.city",
      Tên: "ignore",
    });
    expect([...fields]).toEqual([["phone", 1]]);
    expect(attributes).toEqual([
      { position: 2, name: "city" },
      { position: 0, name: "phone" },
    ]);
    expect(faults).toEqual([]);
  });

  it("is told what is wrong with it", () => {
    const { faults } = recogniseHeader(["a", "b", "c"], {
      a: "phone",
      b: "phone",
      c: "telephone",
      d: "name",
      A: "name",
    });
    expect(faults).toEqual([
      { column: "b", code: "field_twice" },
      { column: "c", code: "field_unknown" },
      { column: "d", code: "column_unknown" },
      { column: "A", code: "field_twice" },
    ]);
  });
});
