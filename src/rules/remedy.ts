import type { Bilingual, Channel, Purpose } from "../domain/vocabulary.ts";

/** What would make a refusal pass. The id is for machines, the text for whoever has to act. */
export type Remedy = { readonly id: RemedyId; readonly text: Bilingual };

const purposeNames: Readonly<Record<Purpose, Bilingual>> = {
  advertising: { vi: "quảng cáo", en: "advertising" },
  customer_care: { vi: "chăm sóc khách hàng", en: "customer care" },
  transaction: { vi: "giao dịch", en: "transactions" },
  registration: { vi: "đăng ký nhận quảng cáo", en: "registration for advertising" },
  survey: { vi: "khảo sát", en: "surveys" },
};

const channelNames: Readonly<Record<Channel, string>> = {
  sms: "SMS",
  zns: "Zalo ZNS",
  viber: "Viber",
  page: "landing page",
};

const texts = {
  new_campaign: () => ({
    vi: "Sẽ được gửi nếu tạo một chiến dịch mới; chiến dịch đã hủy không chạy lại.",
    en: "Would pass in a new campaign; a cancelled one never resumes.",
  }),
  correct_number: () => ({
    vi: "Sẽ được gửi nếu sửa thành số di động đang dùng, ví dụ 0901234567 hoặc +84901234567.",
    en: "Would pass with a mobile number in use, such as 0901234567 or +84901234567.",
  }),
  reactivate_customer: () => ({
    vi: "Sẽ được gửi nếu tài khoản khách hàng được mở lại.",
    en: "Would pass if the customer's account were active again.",
  }),
  accept_policy: (version: string) => ({
    vi: `Sẽ được gửi nếu chấp nhận chính sách phiên bản ${version} (POST /v1/policy-acceptances).`,
    en: `Would pass once policy version ${version} is accepted (POST /v1/policy-acceptances).`,
  }),
  choose_processor: (channel: Channel) => ({
    vi: `Sẽ được gửi nếu chọn một bên xử lý đã đăng ký cho kênh ${channelNames[channel]}.`,
    en: `Would pass with a processor registered for ${channelNames[channel]}.`,
  }),
  renew_contract: (processor: string) => ({
    vi: `Sẽ được gửi nếu hợp đồng với ${processor} có hiệu lực tại thời điểm gửi.`,
    en: `Would pass if the contract with ${processor} were valid at the moment of sending.`,
  }),
  extend_purposes: (processor: string, purpose: Purpose) => ({
    vi: `Sẽ được gửi nếu hợp đồng với ${processor} gồm mục đích ${purposeNames[purpose].vi} và sổ đăng ký ghi nhận.`,
    en: `Would pass if the agreement with ${processor} covered ${purposeNames[purpose].en} and the register said so.`,
  }),
  extend_fields: (processor: string, fields: string) => ({
    vi: `Sẽ được gửi nếu thỏa thuận với ${processor} cho phép các trường: ${fields}.`,
    en: `Would pass if the agreement with ${processor} allowed the fields: ${fields}.`,
  }),
  remove_fields: (fields: string) => ({
    vi: `Sẽ được gửi nếu bỏ các trường này khỏi nội dung: ${fields}.`,
    en: `Would pass without these fields in the content: ${fields}.`,
  }),
  file_transfer_dossier: (processor: string) => ({
    vi: `Sẽ được gửi nếu hồ sơ đánh giá tác động chuyển dữ liệu ra nước ngoài (Mẫu 09) cho ${processor} đã nộp và ghi vào sổ đăng ký.`,
    en: `Would pass once the cross-border transfer dossier (Form 09) for ${processor} is filed and registered.`,
  }),
  register_sender: (channel: Channel) => ({
    vi: `Sẽ được gửi nếu người gửi này được đăng ký là của khách hàng cho kênh ${channelNames[channel]}.`,
    en: `Would pass if this sender were registered as the customer's own for ${channelNames[channel]}.`,
  }),
  use_brandname: (lengthMax: number) => ({
    vi: `Sẽ được gửi nếu dùng tên định danh (brandname) đã đăng ký, tối đa ${lengthMax} ký tự và không phải số điện thoại.`,
    en: `Would pass with a registered brandname of at most ${lengthMax} characters that is not a plain number.`,
  }),
  upload_contact: () => ({
    vi: "Sẽ được gửi nếu tải lên liên hệ này kèm cơ sở pháp lý và bằng chứng.",
    en: "Would pass if this contact were uploaded with its lawful basis and evidence.",
  }),
  lift_restriction: () => ({
    vi: "Sẽ được gửi nếu chính chủ thể yêu cầu bỏ hạn chế xử lý.",
    en: "Would pass if the person asked for the restriction to be lifted.",
  }),
  withdraw_objection: () => ({
    vi: "Sẽ được gửi nếu chính chủ thể rút lại phản đối.",
    en: "Would pass if the person withdrew the objection.",
  }),
  add_guardian_consent: () => ({
    vi: "Sẽ được gửi nếu có sự đồng ý của cha mẹ hoặc người giám hộ kèm bằng chứng.",
    en: "Would pass with the consent of a parent or guardian and its evidence.",
  }),
  wait_until_adult: () => ({
    vi: "Sẽ được gửi khi người này đủ 18 tuổi; không quảng cáo tới trẻ em, kể cả khi người giám hộ đồng ý.",
    en: "Would pass once the person is 18; children are not advertised to, whoever consents.",
  }),
  declare_advertising: () => ({
    vi: "Sẽ qua quy tắc này nếu khai mục đích là quảng cáo (ZNS: tag 3) và tuân thủ mọi quy định về quảng cáo.",
    en: "Would pass this rule if declared as advertising (ZNS: tag 3), with all duties of advertising.",
  }),
  remove_promotion: () => ({
    vi: "Sẽ được gửi nếu bỏ câu quảng cáo, nhãn [QC]/[AD] và dùng đúng tag của mẫu ZNS.",
    en: "Would pass without the promotional sentence or label, and with the ZNS tag of the declared purpose.",
  }),
  use_promotion_tag: () => ({
    vi: "Sẽ được gửi nếu mẫu ZNS mang tag 3 (hậu mãi).",
    en: "Would pass if the ZNS template carried tag 3 (promotion).",
  }),
  remove_findings: (what: Bilingual) => ({
    vi: `Sẽ được gửi nếu bỏ khỏi nội dung: ${what.vi}.`,
    en: `Would pass without this in the content: ${what.en}.`,
  }),
  remove_forbidden: (topic: Bilingual, channel: Channel) => ({
    vi: `Sẽ được gửi nếu bỏ nội dung về ${topic.vi}, điều ${channelNames[channel]} không cho phép.`,
    en: `Would pass without the content on ${topic.en}, which ${channelNames[channel]} does not allow.`,
  }),
  lift_refusal: () => ({
    vi: "Sẽ được gửi nếu chính chủ thể đồng ý nhận lại, có bằng chứng.",
    en: "Would pass if the person agreed again of their own accord, with evidence.",
  }),
  leave_do_not_call: () => ({
    vi: "Sẽ được gửi nếu chủ thuê bao tự rút khỏi Danh sách không quảng cáo (HUY DNC tới 5656).",
    en: "Would pass if the person left the national do-not-call list (HUY DNC to 5656).",
  }),
  load_do_not_call: (hoursMax: number) => ({
    vi: `Sẽ được gửi nếu Danh sách không quảng cáo được tải lên, không cũ hơn ${hoursMax} giờ (PUT /v1/do-not-call).`,
    en: `Would pass with a do-not-call list not older than ${hoursMax} hours (PUT /v1/do-not-call).`,
  }),
  collect_consent: (purpose: Purpose, channel: Channel) => ({
    vi: `Sẽ được gửi nếu người này đồng ý cho mục đích ${purposeNames[purpose].vi} qua ${channelNames[channel]}, kèm bằng chứng.`,
    en: `Would pass with the person's own consent to ${purposeNames[purpose].en} by ${channelNames[channel]}, with evidence.`,
  }),
  declare_basis: (purpose: Purpose, channel: Channel) => ({
    vi: `Sẽ được gửi nếu khai cơ sở pháp lý (hợp đồng hoặc sự đồng ý) cho ${purposeNames[purpose].vi} qua ${channelNames[channel]}.`,
    en: `Would pass with a declared basis (contract or consent) for ${purposeNames[purpose].en} by ${channelNames[channel]}.`,
  }),
  complete_scope: () => ({
    vi: "Sẽ được gửi nếu sự đồng ý ghi rõ loại nội dung và tần suất (ví dụ tối đa 4 tin mỗi tháng).",
    en: "Would pass if the consent stated the class of content and a frequency (such as at most 4 a month).",
  }),
  add_evidence: () => ({
    vi: "Sẽ được gửi nếu bổ sung bằng chứng: cách thức, thời điểm, nội dung thông báo và ít nhất một tài liệu còn truy cập được.",
    en: "Would pass with the evidence: method, time, notice and at least one item that can still be retrieved.",
  }),
  add_label: (labels: string) => ({
    vi: `Sẽ được gửi nếu nội dung bắt đầu bằng nhãn ${labels}, không có ký tự nào phía trước.`,
    en: `Would pass if the text began with ${labels}, with nothing before it.`,
  }),
  add_opt_out_text: (example: Bilingual) => ({
    vi: `Sẽ được gửi nếu tin kết thúc bằng hướng dẫn từ chối qua SMS hoặc gọi điện, ví dụ “${example.vi}”.`,
    en: `Would pass if the text ended with a way to refuse by SMS or call, such as “${example.en}”.`,
  }),
  shorten_message: (limit: string) => ({
    vi: `Sẽ được gửi nếu rút ngắn còn tối đa ${limit}.`,
    en: `Would pass if shortened to at most ${limit}.`,
  }),
  wait_for_cap: (limits: Bilingual) => ({
    vi: `Sẽ được gửi khi số tin quảng cáo trong kỳ dưới giới hạn (${limits.vi}).`,
    en: `Would pass once the advertising sent in the period is below the limit (${limits.en}).`,
  }),
  wait_for_hours: (hours: Bilingual) => ({
    vi: `Sẽ được gửi trong khung giờ cho phép tại nơi của người nhận (${hours.vi}).`,
    en: `Would pass within the hours allowed where the recipient is (${hours.en}).`,
  }),
  declare_country: () => ({
    vi: "Sẽ được gửi nếu khai đúng quốc gia nơi người nhận sống, để biết múi giờ.",
    en: "Would pass if the recipient's country were declared correctly, so that the time zone is known.",
  }),
} as const;

export type RemedyId = keyof typeof texts;

/** Every remedy that exists; a rule names those it may give. */
export const remedyIds: readonly RemedyId[] = Object.keys(texts).filter((id): id is RemedyId => id in texts);

type Writers = { readonly [I in RemedyId]: (...args: Parameters<(typeof texts)[I]>) => Bilingual };
const writers: Writers = texts;

/** `remedy("accept_policy", "2026-01")`: the arguments make the text concrete and hold no personal data. */
export function remedy<I extends RemedyId>(id: I, ...args: Parameters<(typeof texts)[I]>): Remedy {
  return { id, text: writers[id](...args) };
}
