import type { ErrorCode } from "./guard-error.ts";
import type { Bilingual } from "./vocabulary.ts";

/** What a caller reads of an error: its name, what happened, and what to do next. */
export type CodeMessages = {
  readonly title: Bilingual;
  readonly detail: Bilingual;
  readonly next: Bilingual;
};

const say = (
  title: readonly [en: string, vi: string],
  detail: readonly [en: string, vi: string],
  next: readonly [en: string, vi: string],
): CodeMessages => ({
  title: { en: title[0], vi: title[1] },
  detail: { en: detail[0], vi: detail[1] },
  next: { en: next[0], vi: next[1] },
});

/** One entry an error code; the codes' status and retriability stand in guard-error.ts. */
export const errorMessages: Readonly<Record<ErrorCode, CodeMessages>> = {
  unauthenticated: say(
    ["Unauthenticated", "Chưa xác thực"],
    ["The request carries no valid API key.", "Yêu cầu không có khóa API hợp lệ."],
    [
      "Send Authorization: Bearer <key> with a key that has not expired or been revoked.",
      "Gửi Authorization: Bearer <khóa> với khóa còn hạn và chưa bị thu hồi.",
    ],
  ),
  scope_missing: say(
    ["Scope missing", "Thiếu quyền"],
    ["The key does not have the scope this request needs.", "Khóa không có quyền mà yêu cầu này cần."],
    [
      "Use a key with the scope that /openapi.json names for this route, or ask an administrator for one.",
      "Dùng khóa có quyền ghi trong /openapi.json cho đường dẫn này, hoặc xin quản trị viên cấp.",
    ],
  ),
  policy_not_accepted: say(
    ["Policy not accepted", "Chưa chấp nhận chính sách"],
    [
      "The customer has not accepted the policy version now in force.",
      "Khách hàng chưa chấp nhận phiên bản chính sách đang có hiệu lực.",
    ],
    [
      "Read GET /v1/policy and accept it with POST /v1/policy-acceptances.",
      "Đọc GET /v1/policy rồi chấp nhận bằng POST /v1/policy-acceptances.",
    ],
  ),
  customer_inactive: say(
    ["Customer inactive", "Khách hàng ngừng hoạt động"],
    ["The customer's account is closed.", "Tài khoản của khách hàng đã đóng."],
    ["Contact the platform's administrator.", "Liên hệ quản trị viên nền tảng."],
  ),
  not_found: say(
    ["Not found", "Không tìm thấy"],
    [
      "There is no such object, or it belongs to another customer.",
      "Không có đối tượng này, hoặc nó thuộc khách hàng khác.",
    ],
    ["Check the path and the identifier.", "Kiểm tra đường dẫn và mã định danh."],
  ),
  method_not_allowed: say(
    ["Method not allowed", "Phương thức không được phép"],
    ["This path does not answer to that method.", "Đường dẫn này không nhận phương thức đó."],
    ["Use a method from the Allow header.", "Dùng phương thức có trong tiêu đề Allow."],
  ),
  malformed_json: say(
    ["Malformed JSON", "JSON sai cú pháp"],
    ["The body is not JSON.", "Nội dung gửi lên không phải JSON."],
    ["Send one JSON document in UTF-8.", "Gửi một tài liệu JSON mã hóa UTF-8."],
  ),
  invalid_request: say(
    ["Invalid request", "Yêu cầu không hợp lệ"],
    [
      "The request does not follow its schema; errors names each fault.",
      "Yêu cầu không đúng cấu trúc; errors nêu từng lỗi.",
    ],
    [
      "Correct what errors points to. The schemas stand in /openapi.json.",
      "Sửa những chỗ mà errors chỉ ra. Cấu trúc nằm trong /openapi.json.",
    ],
  ),
  evidence_missing: say(
    ["Evidence missing", "Thiếu bằng chứng"],
    [
      "The declared consent is not proven: its method, time, notice, source or evidence is missing.",
      "Sự đồng ý đã khai báo chưa được chứng minh: thiếu cách thức, thời điểm, thông báo, nguồn hoặc bằng chứng.",
    ],
    [
      "Complete the consent; upload proofs with POST /v1/evidence.",
      "Bổ sung thông tin đồng ý; tải bằng chứng lên bằng POST /v1/evidence.",
    ],
  ),
  basis_not_valid_for_purpose: say(
    ["Basis not valid for the purpose", "Cơ sở pháp lý không phù hợp mục đích"],
    [
      "Advertising needs consent; no other basis carries it.",
      "Quảng cáo cần có sự đồng ý; không cơ sở nào khác thay được.",
    ],
    [
      "Collect consent for advertising, or declare the purpose that the basis does carry.",
      "Thu thập sự đồng ý nhận quảng cáo, hoặc khai báo đúng mục đích mà cơ sở đó cho phép.",
    ],
  ),
  consent_scope_incomplete: say(
    ["Consent scope incomplete", "Phạm vi đồng ý chưa đủ"],
    [
      "Consent to advertising must name the class of content and how often at most.",
      "Đồng ý nhận quảng cáo phải nêu loại nội dung và tần suất tối đa.",
    ],
    ["Give contentClass and frequency.", "Bổ sung contentClass và frequency."],
  ),
  consent_in_future: say(
    ["Consent in the future", "Thời điểm đồng ý ở tương lai"],
    ["The consent is dated after now.", "Thời điểm đồng ý muộn hơn hiện tại."],
    ["Give the moment at which it was really given.", "Ghi đúng thời điểm đã đồng ý."],
  ),
  consent_before_notice: say(
    ["Consent before its notice", "Đồng ý trước khi có thông báo"],
    ["The consent is older than the notice it cites.", "Sự đồng ý có trước bản thông báo được dẫn."],
    ["Cite the notice that was shown at that time.", "Dẫn đúng bản thông báo đã hiển thị lúc đó."],
  ),
  number_invalid: say(
    ["Number invalid", "Số điện thoại không hợp lệ"],
    [
      "The phone number cannot be read or is not a mobile number.",
      "Không đọc được số điện thoại hoặc không phải số di động.",
    ],
    ["Send a form such as 0901234567 or +84901234567.", "Gửi dạng 0901234567 hoặc +84901234567."],
  ),
  idempotency_key_missing: say(
    ["Idempotency key missing", "Thiếu khóa chống lặp"],
    [
      "This request must carry a well-formed Idempotency-Key.",
      "Yêu cầu này phải có Idempotency-Key đúng dạng.",
    ],
    [
      "Send Idempotency-Key with 1 to 255 printable characters, a new one for each new intent.",
      "Gửi Idempotency-Key gồm 1–255 ký tự in được, mỗi ý định mới một khóa mới.",
    ],
  ),
  lookup_reason_missing: say(
    ["Look-up reason missing", "Thiếu lý do tra cứu"],
    ["A look-up in the sharing log must say why.", "Tra cứu nhật ký chia sẻ phải nêu lý do."],
    ["Send X-Lookup-Reason with at least 8 characters.", "Gửi X-Lookup-Reason dài ít nhất 8 ký tự."],
  ),
  file_unreadable: say(
    ["File unreadable", "Không đọc được tệp"],
    [
      "The uploaded file cannot be read in any supported form.",
      "Không đọc được tệp tải lên theo dạng nào được hỗ trợ.",
    ],
    [
      "Send one of the forms that /openapi.json names for this route.",
      "Gửi một trong các dạng ghi trong /openapi.json.",
    ],
  ),
  not_acceptable: say(
    ["Not acceptable", "Không có dạng được yêu cầu"],
    ["None of the forms in Accept can be made.", "Không tạo được dạng nào trong Accept."],
    [
      "Ask for application/json, text/csv or application/pdf.",
      "Yêu cầu application/json, text/csv hoặc application/pdf.",
    ],
  ),
  idempotency_in_progress: say(
    ["Still in progress", "Đang xử lý"],
    [
      "The first request with this key has not been answered yet.",
      "Yêu cầu đầu tiên với khóa này chưa có kết quả.",
    ],
    ["Send the same request again after Retry-After.", "Gửi lại đúng yêu cầu đó sau thời gian Retry-After."],
  ),
  review_needed: say(
    ["Review needed", "Cần xem xét"],
    ["A person must look at this before it may go.", "Cần có người xem xét trước khi được gửi."],
    [
      "Add evidence to the review named by reviewId, or wait for its decision.",
      "Bổ sung bằng chứng cho reviewId, hoặc chờ quyết định.",
    ],
  ),
  not_overrulable: say(
    ["Not overrulable", "Không thể bỏ qua"],
    [
      "What the subscriber decided nobody may release.",
      "Không ai được bỏ qua quyết định của chính thuê bao.",
    ],
    [
      "Do not send. Only the subscriber's own new consent changes it.",
      "Không gửi. Chỉ sự đồng ý mới của chính thuê bao mới thay đổi được.",
    ],
  ),
  conflict: say(
    ["Conflict", "Xung đột"],
    [
      "The object's present state does not allow this.",
      "Trạng thái hiện tại của đối tượng không cho phép thao tác này.",
    ],
    ["Read the object again and decide anew.", "Đọc lại đối tượng rồi quyết định lại."],
  ),
  body_too_large: say(
    ["Body too large", "Nội dung quá lớn"],
    ["The body is over the limit of this route.", "Nội dung vượt giới hạn của đường dẫn này."],
    [
      "Send fewer items a request; use POST /v1/contact-imports for large lists.",
      "Gửi ít mục hơn mỗi lần; dùng POST /v1/contact-imports cho danh sách lớn.",
    ],
  ),
  unsupported_media_type: say(
    ["Unsupported media type", "Kiểu nội dung không được hỗ trợ"],
    [
      "The body's Content-Type or Content-Encoding is not taken here.",
      "Content-Type hoặc Content-Encoding không được nhận ở đây.",
    ],
    [
      "Send the media type that /openapi.json names for this route.",
      "Gửi kiểu nội dung ghi trong /openapi.json cho đường dẫn này.",
    ],
  ),
  campaign_denied: say(
    ["Campaign denied", "Chiến dịch bị từ chối"],
    [
      "Nothing of this campaign may be sent; reasons and findings say why.",
      "Không được gửi bất kỳ phần nào của chiến dịch; reasons và findings nêu lý do.",
    ],
    [
      "Preview, correct and submit again with a new Idempotency-Key.",
      "Xem trước, sửa rồi gửi lại với Idempotency-Key mới.",
    ],
  ),
  page_denied: say(
    ["Page denied", "Trang bị từ chối"],
    [
      "The landing page may not go live; findings say why.",
      "Trang đích không được phép công bố; findings nêu lý do.",
    ],
    ["Correct what findings point to and publish again.", "Sửa những chỗ findings chỉ ra rồi công bố lại."],
  ),
  idempotency_key_reused: say(
    ["Idempotency key reused", "Khóa chống lặp bị dùng lại"],
    [
      "This key was used with another request in the last 24 hours.",
      "Khóa này đã dùng cho một yêu cầu khác trong 24 giờ qua.",
    ],
    ["Use a new key for a new request.", "Dùng khóa mới cho yêu cầu mới."],
  ),
  notice_required: say(
    ["Notice required", "Cần thông báo trước"],
    [
      "Such a transfer needs an earlier notice to the subscribers.",
      "Việc chuyển giao này cần thông báo trước cho thuê bao.",
    ],
    ["Send the notice and give noticeSentAt.", "Gửi thông báo rồi ghi noticeSentAt."],
  ),
  second_approver_required: say(
    ["Second approver required", "Cần người duyệt thứ hai"],
    ["A disclosure needs two different approvers.", "Việc cung cấp dữ liệu cần hai người duyệt khác nhau."],
    ["Name a second person in approvedBy.", "Thêm người thứ hai vào approvedBy."],
  ),
  rate_limited: say(
    ["Too many requests", "Quá nhiều yêu cầu"],
    ["The limit of requests for now is used up.", "Đã dùng hết số yêu cầu cho phép trong lúc này."],
    ["Wait for Retry-After seconds.", "Chờ số giây ghi trong Retry-After."],
  ),
  internal_error: say(
    ["Internal error", "Lỗi nội bộ"],
    ["Something failed that should not have.", "Có lỗi ngoài dự kiến."],
    [
      "Send it again; if it stays, give support the requestId.",
      "Gửi lại; nếu vẫn lỗi, báo requestId cho bộ phận hỗ trợ.",
    ],
  ),
  limiter_unavailable: say(
    ["Limiter unavailable", "Bộ giới hạn tạm ngừng"],
    [
      "Requests cannot be counted now, so none that could send is taken.",
      "Hiện không đếm được yêu cầu nên không nhận yêu cầu gửi.",
    ],
    [
      "Send it again after Retry-After. Withdrawals are taken meanwhile.",
      "Gửi lại sau Retry-After. Yêu cầu rút đồng ý vẫn được nhận.",
    ],
  ),
  ledger_unavailable: say(
    ["Ledger unavailable", "Sổ ghi tạm ngừng"],
    [
      "It could not be recorded, so nothing was decided or sent.",
      "Không ghi nhận được nên chưa quyết định hay gửi gì.",
    ],
    ["Send the same request again after Retry-After.", "Gửi lại đúng yêu cầu đó sau Retry-After."],
  ),
};
