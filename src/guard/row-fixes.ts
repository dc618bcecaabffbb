import type { RowFault } from "../domain/contract.gen.ts";
import type { Bilingual, RowCode } from "../domain/vocabulary.ts";

/** How the uploader mends a row, by its code. Codes that no row can have are not here. */
const fixes: Partial<Record<RowCode, Bilingual>> = {
  phone_missing: { vi: "Điền số điện thoại cho dòng này.", en: "Give a phone number for this row." },
  number_invalid: {
    vi: "Sửa thành số di động đúng, ví dụ 0901 234 567 hoặc +84901234567.",
    en: "Correct it to a mobile number such as 0901 234 567 or +84901234567.",
  },
  row_malformed: {
    vi: "Sửa dấu ngoặc kép, mã hóa hoặc số cột của dòng rồi tải lại.",
    en: "Mend the row's quotes, encoding or number of columns and upload it again.",
  },
  consent_in_future: {
    vi: "Thời điểm đồng ý phải ở trong quá khứ.",
    en: "The moment of consent must lie in the past.",
  },
  consent_before_notice: {
    vi: "Thời điểm đồng ý sớm hơn bản thông báo được dẫn; hãy dẫn đúng bản mà người này đã xem.",
    en: "The consent is earlier than the notice it cites; cite the notice that the person saw.",
  },
  birth_date_invalid: {
    vi: "Ghi ngày sinh dạng dd/mm/yyyy hoặc yyyy-mm-dd.",
    en: "Write the birth date as dd/mm/yyyy or yyyy-mm-dd.",
  },
  sensitive_field: {
    vi: "Bỏ cột hoặc giá trị nhạy cảm này; nền tảng không nhận dữ liệu nhạy cảm.",
    en: "Remove this sensitive column or value; the platform does not take sensitive data.",
  },
  opted_out_kept: {
    vi: "Người này đã từ chối; việc tải lên không xóa lời từ chối. Chỉ chính họ đồng ý lại mới được.",
    en: "This person refused; an upload never undoes a refusal. Only their own new consent does.",
  },
  minor_without_guardian: {
    vi: "Người dưới 18 tuổi: cần sự đồng ý của người giám hộ kèm bằng chứng (guardian).",
    en: "Under 18: the guardian's consent with its evidence is needed (guardian).",
  },
  evidence_missing: {
    vi: "Kèm ít nhất một bằng chứng về sự đồng ý mà hệ thống tìm thấy được.",
    en: "Attach at least one piece of evidence of the consent that can be found.",
  },
  basis_missing: { vi: "Khai căn cứ pháp lý cho dòng này.", en: "Declare the lawful basis for this row." },
  basis_not_valid_for_purpose: {
    vi: "Quảng cáo cần căn cứ là sự đồng ý (consent).",
    en: "Advertising needs consent as its basis.",
  },
  consent_scope_incomplete: {
    vi: "Sự đồng ý nhận quảng cáo phải nêu loại nội dung và tần suất (contentClass, frequency).",
    en: "A consent to advertising must state content class and frequency (contentClass, frequency).",
  },
  erased: {
    vi: "Dữ liệu của người này đã được xóa theo yêu cầu; cần sự đồng ý mới của chính họ.",
    en: "This person's data was erased on request; their own new consent is needed.",
  },
};

/** A fault of one row, with how to mend it in both languages. `field` is the contract's name or the column's. */
export function rowFault(code: RowCode, field: string | null): RowFault {
  return { code, field, fix: fixes[code] ?? { vi: "Kiểm tra lại dòng này.", en: "Check this row." } };
}
