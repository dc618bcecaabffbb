import { describe, expect, test } from "vitest";
import { createScanner } from "../../src/content/scan.ts";

const scanner = createScanner();

describe("names of fields", () => {
  test.each([
    ["bloodType", "health"],
    ["nhom_mau", "health"],
    ["is_pregnant", "health"],
    ["tuan_thai", "health"],
    ["dị ứng", "health"],
    ["allergies", "health"],
    ["BMI", "health"],
    ["weight_kg", "health"],
    ["vaccine_doses", "health"],
    ["Tôn giáo", "religion"],
    ["tongiao", "religion"],
    ["tín ngưỡng", "religion"],
    ["gender_identity", "sex_life"],
    ["caste", "ethnicity"],
    ["sắc tộc", "ethnicity"],
    ["nguoi_giam_ho", "child"],
    ["lop_hoc_cua_con", "child"],
    ["so_cccd", "national_id"],
    ["passportNumber", "national_id"],
    ["card-number", "card"],
    ["cvv", "card"],
    ["mật khẩu", "credential"],
    ["dư nợ", "financial_history"],
    ["lat", "location"],
    ["TienAnTienSu", "criminal"],
    ["dang_vien", "politics"],
    ["van_tay", "biometric_genetic"],
    ["soKg", "health"],
    ["customer_condition", "health"],
    ["homeCoords", "location"],
    ["lan_cuoi_thay", "location"],
    ["pass_email", "credential"],
    ["kidBirthday", "child"],
    ["sinh_nhat_con", "child"],
    ["dinhHuong", "sex_life"],
    ["union_joined", "union"],
    ["take_home_pay", "financial_history"],
    ["soTheVisa", "card"],
  ])("%s is blocked as %s", (name, category) => {
    expect(scanner.matchFieldName(name)).toMatchObject({ category, severity: "block" });
  });

  test.each([
    "race_bib_size",
    "credit_union_branch",
    "so_the_thanh_vien",
    "gen_z",
    "hotel_passport_wifi",
    "thuoc_nhom_khach",
    "dan_toc_hoc_book",
    "cong_doan_san_pham",
    "health_food_interest",
    "suc_khoe_interest",
    "email",
    "ho_ten",
    "so_dien_thoai",
    "ma_don_hang",
    "expiry_of_voucher",
    "soDuDiemThuong",
    "vi_tri_ke",
    "so_the_kho",
    "co_ghe_tre_em",
    "mau_da_giay",
    "membership_no",
    "relationshipManager",
    "race_category",
  ])("%s is harmless", (name) => {
    expect(scanner.matchFieldName(name)).toBeNull();
  });

  test.each(["cong_doan", "cong doan"])("%s may be a union or a stage, so a person looks", (name) => {
    expect(scanner.matchFieldName(name)).toEqual({
      category: "union",
      severity: "review",
      rule: "union.field",
    });
  });

  test("a value of nothing clears the column", () => {
    for (const value of ["", "không", "none", "-", "N/A"])
      expect(scanner.scanField("benh_nen", value).verdict).toBe("pass");
    expect(scanner.scanField("benh_nen", "hen suyễn").verdict).toBe("block");
  });

  test("a column in scanned text is found as a field", () => {
    const result = scanner.scanText("ton_giao: Công giáo", { channel: "field" });
    expect(result.findings[0]).toMatchObject({ rule: "religion.field", span: [10, 19] });
  });
});

describe("placeholders", () => {
  test.each(["{{chan_doan}}", "<so_cccd>", `$${"{diagnosis}"}`, "%{ton_giao}", "{passport_number}"])(
    "%s in a template is blocked",
    (placeholder) => {
      const result = scanner.scanTemplate(`Xin chao, ${placeholder}.`);
      expect(result.findings.find((item) => item.rule.endsWith(".placeholder"))).toMatchObject({
        span: [10, 10 + placeholder.length],
      });
    },
  );
  test.each(["{{ten}}", "<ma_don>", "{1}", "<b>", `$${"{link}"}`])("%s is ordinary", (placeholder) => {
    expect(scanner.scanTemplate(`Xin chao ${placeholder}`).findings).toEqual([]);
  });
});
