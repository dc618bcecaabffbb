import type { Language } from "../domain/language.ts";

/** The stable codes of schema faults. One a kind of mistake, not one a keyword. */
export const faultCodes = [
  "required",
  "unknown_field",
  "wrong_type",
  "not_allowed",
  "too_long",
  "too_short",
  "too_many",
  "too_few",
  "out_of_range",
  "bad_format",
  "duplicate_items",
  "exactly_one",
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** JSON Schema keyword to code. A keyword that is not here is read as `not_allowed`. */
export const codeOfKeyword: Readonly<Record<string, FaultCode>> = {
  required: "required",
  additionalProperties: "unknown_field",
  type: "wrong_type",
  enum: "not_allowed",
  const: "not_allowed",
  discriminator: "not_allowed",
  maxLength: "too_long",
  minLength: "too_short",
  maxItems: "too_many",
  maxProperties: "too_many",
  minItems: "too_few",
  minProperties: "too_few",
  maximum: "out_of_range",
  minimum: "out_of_range",
  format: "bad_format",
  pattern: "bad_format",
  anyOf: "bad_format",
  uniqueItems: "duplicate_items",
  oneOf: "exactly_one",
};

/** `bound` is the limit, the list of allowed values or the name of the format: never what was sent. */
export function faultMessage(code: FaultCode, bound: string, language: Language): string {
  const text = texts[code][language];
  return bound === "" ? `${text}.` : `${text}: ${bound}.`;
}

const texts: Readonly<Record<FaultCode, Readonly<Record<Language, string>>>> = {
  required: { en: "This field is required", vi: "Thiếu trường bắt buộc" },
  unknown_field: { en: "This field is not known here", vi: "Trường này không được biết đến" },
  wrong_type: { en: "The type must be", vi: "Kiểu dữ liệu phải là" },
  not_allowed: { en: "The value must be one of", vi: "Giá trị phải là một trong" },
  too_long: { en: "Too long; characters at most", vi: "Quá dài; số ký tự tối đa" },
  too_short: { en: "Too short; characters at least", vi: "Quá ngắn; số ký tự tối thiểu" },
  too_many: { en: "Too many; at most", vi: "Quá nhiều; tối đa" },
  too_few: { en: "Too few; at least", vi: "Quá ít; tối thiểu" },
  out_of_range: { en: "Out of range; the limit is", vi: "Ngoài phạm vi; giới hạn là" },
  bad_format: { en: "The format must be", vi: "Định dạng phải là" },
  duplicate_items: { en: "No item may stand twice", vi: "Không được lặp lại phần tử" },
  exactly_one: { en: "Give exactly one of", vi: "Chỉ được cung cấp đúng một trong" },
};
