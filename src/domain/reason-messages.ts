import type { Bilingual, RowCode } from "./vocabulary.ts";

/** What a reason or row code means, and what to do about it, for the documentation and the console. */
export type ReasonMessages = { readonly title: Bilingual; readonly next: Bilingual };

const say = (en: string, vi: string, nextEn: string, nextVi: string): ReasonMessages => ({
  title: { en, vi },
  next: { en: nextEn, vi: nextVi },
});

/** One entry a code that a recipient, a campaign or a row can have. */
export const reasonMessages: Readonly<Record<RowCode, ReasonMessages>> = {
  number_invalid: say(
    "The phone number cannot be read or is not a mobile number.",
    "Không đọc được số điện thoại hoặc không phải số di động.",
    "Correct the number.",
    "Sửa lại số.",
  ),
  customer_inactive: say(
    "The customer's account is closed.",
    "Tài khoản khách hàng đã đóng.",
    "Contact the administrator.",
    "Liên hệ quản trị viên.",
  ),
  policy_not_accepted: say(
    "The policy version in force has not been accepted.",
    "Chưa chấp nhận phiên bản chính sách đang có hiệu lực.",
    "Accept it with POST /v1/policy-acceptances.",
    "Chấp nhận bằng POST /v1/policy-acceptances.",
  ),
  processor_unknown: say(
    "The processor is not registered.",
    "Bên xử lý chưa được đăng ký.",
    "Choose a registered processor.",
    "Chọn bên xử lý đã đăng ký.",
  ),
  processor_contract_expired: say(
    "The processing contract is not in force on that day.",
    "Hợp đồng xử lý dữ liệu không có hiệu lực vào ngày đó.",
    "Have the administrator record the renewed contract.",
    "Đề nghị quản trị viên ghi nhận hợp đồng gia hạn.",
  ),
  processor_purpose_not_allowed: say(
    "The processor's contract does not cover this purpose.",
    "Hợp đồng với bên xử lý không bao gồm mục đích này.",
    "Choose another processor or have the contract extended.",
    "Chọn bên xử lý khác hoặc mở rộng hợp đồng.",
  ),
  processor_field_not_allowed: say(
    "The message would hand over a field that the processor may not receive.",
    "Tin nhắn sẽ chuyển một trường mà bên xử lý không được nhận.",
    "Remove the field from the message.",
    "Bỏ trường đó khỏi tin nhắn.",
  ),
  transfer_dossier_missing: say(
    "The data would leave the country and the transfer dossier is missing or late.",
    "Dữ liệu sẽ ra nước ngoài nhưng thiếu hoặc trễ hồ sơ chuyển dữ liệu.",
    "File the dossier and record filedAt.",
    "Nộp hồ sơ và ghi nhận filedAt.",
  ),
  third_party_marketing: say(
    "Data would be used to advertise for somebody the subscriber did not agree to.",
    "Dữ liệu sẽ được dùng để quảng cáo cho bên mà thuê bao chưa đồng ý.",
    "Send only for the advertiser named in the consent.",
    "Chỉ gửi cho bên quảng cáo nêu trong sự đồng ý.",
  ),
  contact_unknown: say(
    "The number is not among the customer's contacts.",
    "Số này không có trong danh bạ của khách hàng.",
    "Record the contact with its basis first.",
    "Ghi nhận liên hệ cùng cơ sở pháp lý trước.",
  ),
  restricted: say(
    "The subscriber had the processing restricted.",
    "Thuê bao đã yêu cầu hạn chế xử lý.",
    "Do not send until the restriction is lifted.",
    "Không gửi cho đến khi hết hạn chế.",
  ),
  erased: say(
    "The subscriber had the data erased.",
    "Thuê bao đã yêu cầu xóa dữ liệu.",
    "Do not send.",
    "Không gửi.",
  ),
  objected: say(
    "The subscriber objected to this use.",
    "Thuê bao đã phản đối việc sử dụng này.",
    "Do not send for this purpose.",
    "Không gửi cho mục đích này.",
  ),
  minor_without_guardian: say(
    "A child's contact without the consent of a guardian.",
    "Liên hệ của trẻ em mà chưa có sự đồng ý của người giám hộ.",
    "Record the guardian's consent with its evidence.",
    "Ghi nhận sự đồng ý của người giám hộ kèm bằng chứng.",
  ),
  basis_missing: say(
    "No lawful basis is recorded for this contact and purpose.",
    "Chưa ghi nhận cơ sở pháp lý cho liên hệ và mục đích này.",
    "Declare the basis with its proof.",
    "Khai báo cơ sở pháp lý kèm bằng chứng.",
  ),
  basis_not_valid_for_purpose: say(
    "The recorded basis does not carry this purpose.",
    "Cơ sở pháp lý đã ghi nhận không cho phép mục đích này.",
    "Collect consent for this purpose.",
    "Thu thập sự đồng ý cho mục đích này.",
  ),
  consent_missing: say(
    "There is no consent of this subscriber.",
    "Chưa có sự đồng ý của thuê bao.",
    "Collect consent first.",
    "Thu thập sự đồng ý trước.",
  ),
  consent_withdrawn: say(
    "The subscriber took the consent back.",
    "Thuê bao đã rút lại sự đồng ý.",
    "Do not send. Only a new consent of the subscriber changes it.",
    "Không gửi. Chỉ sự đồng ý mới của thuê bao mới thay đổi được.",
  ),
  consent_not_for_channel: say(
    "The consent does not cover this channel.",
    "Sự đồng ý không bao gồm kênh này.",
    "Use a channel that was agreed to.",
    "Dùng kênh đã được đồng ý.",
  ),
  consent_not_for_purpose: say(
    "The consent does not cover this purpose.",
    "Sự đồng ý không bao gồm mục đích này.",
    "Send only for purposes that were agreed to.",
    "Chỉ gửi cho mục đích đã được đồng ý.",
  ),
  consent_scope_incomplete: say(
    "The advertising consent names no class of content or no frequency.",
    "Sự đồng ý nhận quảng cáo chưa nêu loại nội dung hoặc tần suất.",
    "Complete contentClass and frequency.",
    "Bổ sung contentClass và frequency.",
  ),
  evidence_missing: say(
    "The consent is recorded, but nothing proves it.",
    "Đã ghi nhận sự đồng ý nhưng chưa có bằng chứng.",
    "Upload the proof with POST /v1/evidence and cite it.",
    "Tải bằng chứng bằng POST /v1/evidence rồi dẫn chiếu.",
  ),
  opted_out: say(
    "The subscriber refused these messages.",
    "Thuê bao đã từ chối nhận tin.",
    "Do not send.",
    "Không gửi.",
  ),
  do_not_call: say(
    "The number is on the national do-not-call list.",
    "Số này nằm trong danh sách không quảng cáo quốc gia.",
    "Do not advertise to it.",
    "Không gửi quảng cáo đến số này.",
  ),
  do_not_call_stale: say(
    "The do-not-call list is too old to rely on.",
    "Danh sách không quảng cáo đã quá cũ.",
    "Have the administrator upload the current list.",
    "Đề nghị quản trị viên tải danh sách mới.",
  ),
  sensitive_content: say(
    "The content tells or suggests sensitive personal data.",
    "Nội dung nêu hoặc gợi ý dữ liệu cá nhân nhạy cảm.",
    "Remove what findings point to.",
    "Bỏ những chỗ findings chỉ ra.",
  ),
  card_number: say(
    "The content holds a payment card number.",
    "Nội dung có số thẻ thanh toán.",
    "Remove the number.",
    "Bỏ số thẻ.",
  ),
  national_id: say(
    "The content holds a national identity number.",
    "Nội dung có số giấy tờ định danh.",
    "Remove the number.",
    "Bỏ số giấy tờ.",
  ),
  child_data: say(
    "The content holds data about a child.",
    "Nội dung có dữ liệu về trẻ em.",
    "Remove it.",
    "Bỏ dữ liệu đó.",
  ),
  forbidden_content: say(
    "The content is of a kind that may not be advertised.",
    "Nội dung thuộc loại không được quảng cáo.",
    "Do not send it.",
    "Không gửi nội dung này.",
  ),
  advertising_undeclared: say(
    "The message advertises, but another purpose was declared.",
    "Tin nhắn mang tính quảng cáo nhưng khai báo mục đích khác.",
    "Declare advertising, or remove the advertisement.",
    "Khai báo mục đích quảng cáo hoặc bỏ phần quảng cáo.",
  ),
  label_missing: say(
    "An advertisement must be labelled as one.",
    "Tin quảng cáo phải có nhãn.",
    "Begin the message with the label, such as [QC].",
    "Bắt đầu tin bằng nhãn, ví dụ [QC].",
  ),
  opt_out_text_missing: say(
    "The message does not say how to refuse further ones.",
    "Tin nhắn không hướng dẫn cách từ chối.",
    "Add how to opt out.",
    "Thêm hướng dẫn từ chối.",
  ),
  sender_not_registered: say(
    "The sender name is not registered for this customer and channel.",
    "Tên định danh chưa được đăng ký cho khách hàng và kênh này.",
    "Use a registered sender.",
    "Dùng tên định danh đã đăng ký.",
  ),
  frequency_cap: say(
    "The subscriber would get more messages than allowed or agreed to.",
    "Thuê bao sẽ nhận nhiều tin hơn mức cho phép hoặc đã đồng ý.",
    "Wait until notBefore.",
    "Chờ đến notBefore.",
  ),
  quiet_hours: say(
    "At this hour such messages may not be sent.",
    "Không được gửi loại tin này vào giờ này.",
    "Wait until notBefore; it goes by itself.",
    "Chờ đến notBefore; tin sẽ tự được gửi.",
  ),
  registration_already_sent: say(
    "The one registration message was sent already.",
    "Tin đăng ký duy nhất đã được gửi.",
    "Do not send another.",
    "Không gửi thêm.",
  ),
  message_too_long: say(
    "The message is longer than the channel takes.",
    "Tin nhắn dài hơn mức kênh cho phép.",
    "Shorten it.",
    "Rút ngắn tin.",
  ),
  campaign_cancelled: say(
    "The campaign was cancelled before this message went.",
    "Chiến dịch bị hủy trước khi tin này được gửi.",
    "Start a new campaign if it is still wanted.",
    "Tạo chiến dịch mới nếu vẫn cần gửi.",
  ),
  phone_missing: say(
    "The row has no phone number.",
    "Dòng không có số điện thoại.",
    "Give one.",
    "Bổ sung số điện thoại.",
  ),
  row_malformed: say(
    "The row cannot be read.",
    "Không đọc được dòng này.",
    "Mend its quotes, encoding or columns.",
    "Sửa dấu nháy, mã hóa hoặc số cột.",
  ),
  consent_in_future: say(
    "The consent is dated after now.",
    "Thời điểm đồng ý muộn hơn hiện tại.",
    "Give the real moment.",
    "Ghi đúng thời điểm.",
  ),
  consent_before_notice: say(
    "The consent is older than the notice it cites.",
    "Sự đồng ý có trước bản thông báo được dẫn.",
    "Cite the notice shown at that time.",
    "Dẫn đúng bản thông báo lúc đó.",
  ),
  birth_date_invalid: say(
    "The birth date is not a date.",
    "Ngày sinh không phải là ngày hợp lệ.",
    "Correct it.",
    "Sửa lại.",
  ),
  sensitive_field: say(
    "The row holds a field of sensitive data, which the platform does not take.",
    "Dòng có trường dữ liệu nhạy cảm mà nền tảng không nhận.",
    "Remove the column.",
    "Bỏ cột đó.",
  ),
  opted_out_kept: say(
    "Accepted, but an earlier refusal stands: an import never undoes one.",
    "Đã nhận, nhưng lời từ chối trước đó vẫn giữ nguyên: tải danh sách không bao giờ xóa lời từ chối.",
    "Nothing to do; do not send to this number.",
    "Không cần làm gì; không gửi đến số này.",
  ),
};
