import type { Finding } from "../../domain/finding.ts";
import type { Bilingual } from "../../domain/vocabulary.ts";

export const pageRules = [
  "page_sensitive_field",
  "page_card_field",
  "page_id_document_upload",
  "page_sensitive_content",
  "page_subscriber_data_exposed",
  "page_consent_missing",
  "page_consent_preticked",
  "page_consent_bundled",
  "page_consent_not_specific",
  "page_privacy_notice_missing",
  "page_insecure_form",
  "page_form_target_unregistered",
  "page_tracker_before_consent",
  "page_child_without_guardian",
  "page_unparsable",
] as const;
export type PageRule = (typeof pageRules)[number];
type Texts = Pick<Finding, "messages" | "fix" | "citation">;

const text = (vi: string, en: string): Bilingual => ({ vi, en });
const say = (messages: Bilingual, fix: Bilingual, citation: string): Texts => ({ messages, fix, citation });

/** What a finding of each page rule says to the customer. */
export const pageRuleTexts: Readonly<Record<PageRule, Texts>> = {
  page_sensitive_field: say(
    text("Trang hỏi một thông tin nhạy cảm của người điền.", "The page asks the visitor for sensitive data."),
    text(
      "Bỏ trường này; chỉ hỏi những gì cần để liên lạc.",
      "Remove this field; ask only for what is needed to get in touch.",
    ),
    "Decree 356/2025/ND-CP Art. 4(1), 6(4); GDPR Art. 9(1); policy I.6",
  ),
  page_card_field: say(
    text(
      "Trang hỏi số thẻ, hạn thẻ hoặc mã bảo mật của thẻ.",
      "The page asks for a card number, its expiry or its security code.",
    ),
    text(
      "Bỏ trường thẻ; chuyển người mua sang trang của cổng thanh toán đạt chuẩn PCI DSS.",
      "Remove the card field; send the buyer to the page of a PCI DSS compliant payment provider.",
    ),
    "Decree 356/2025/ND-CP Art. 4(1)(k); PCI DSS 4.0 Req. 3; policy III",
  ),
  page_id_document_upload: say(
    text(
      "Trang yêu cầu tải lên ảnh giấy tờ tùy thân.",
      "The page asks for an image of an identity document.",
    ),
    text(
      "Bỏ chỗ tải ảnh; nếu phải xác minh, làm tại quầy hoặc trong ứng dụng đã đăng nhập.",
      "Remove the upload; verify at a desk or inside the signed-in app.",
    ),
    "Decree 356/2025/ND-CP Art. 4(1)(i); Law 91/2025/QH15; policy I.6",
  ),
  page_sensitive_content: say(
    text(
      "Nội dung trang nêu thông tin nhạy cảm của một người.",
      "The page states sensitive data of a person.",
    ),
    text("Bỏ thông tin đó khỏi trang.", "Remove it from the page."),
    "Law 91/2025/QH15 Art. 16; GDPR Art. 9(1); policy I.3, I.6",
  ),
  page_subscriber_data_exposed: say(
    text(
      "Trang công khai tên kèm số điện thoại hoặc email của người khác.",
      "The page publishes names with phone numbers or e-mail addresses of people.",
    ),
    text(
      "Bỏ danh sách, hoặc che số (09xx xxx 678) và chỉ đăng khi từng người đã đồng ý riêng.",
      "Remove the list, or mask the numbers and publish only with each person's own consent.",
    ),
    "Law 91/2025/QH15 Art. 16; GDPR Art. 25(2); policy I.3",
  ),
  page_consent_missing: say(
    text(
      "Biểu mẫu thu thập dữ liệu cá nhân nhưng không có ô đồng ý cho mục đích đã khai.",
      "The form collects personal data without a consent box for a declared purpose.",
    ),
    text(
      "Thêm một ô chưa đánh dấu: “Tôi đồng ý để [tên đơn vị] gửi tin quảng cáo qua SMS”.",
      "Add an unticked box: “I agree that [advertiser] may send me advertising by SMS”.",
    ),
    "Law 91/2025/QH15 Art. 9; Decree 356/2025/ND-CP Art. 6; GDPR Art. 7; policy P-12",
  ),
  page_consent_preticked: say(
    text("Ô đồng ý được đánh dấu sẵn.", "A consent box is ticked in advance."),
    text("Để ô trống; người điền phải tự đánh dấu.", "Leave the box empty; the visitor must tick it."),
    "Decree 356/2025/ND-CP Art. 6(3); Law 91/2025/QH15 Art. 9(4)(d); GDPR Recital 32",
  ),
  page_consent_bundled: say(
    text(
      "Một sự đồng ý gộp nhiều mục đích, hoặc gộp với điều khoản hay việc gửi biểu mẫu.",
      "One consent covers several purposes, or is tied to the terms or to sending the form.",
    ),
    text(
      "Tách mỗi mục đích một ô, riêng với điều khoản và nút gửi.",
      "Give each purpose its own box, apart from the terms and the send button.",
    ),
    "Law 91/2025/QH15 Art. 9(4)(a)(b); GDPR Art. 7(2), Recital 43",
  ),
  page_consent_not_specific: say(
    text(
      "Lời đồng ý không nêu rõ mục đích hoặc đơn vị nhận sự đồng ý.",
      "The consent does not name its purpose or who receives it.",
    ),
    text(
      "Nêu tên đơn vị, mục đích và kênh: “Tôi đồng ý để [tên đơn vị] gửi tin quảng cáo qua SMS”.",
      "Name the advertiser, the purpose and the channel: “I agree that [advertiser] may send me advertising by SMS”.",
    ),
    "Law 91/2025/QH15 Art. 9(2)(3)(4); GDPR Art. 4(11), 7(1)",
  ),
  page_privacy_notice_missing: say(
    text(
      "Trang thu thập dữ liệu cá nhân nhưng không dẫn tới thông báo bảo mật.",
      "The page collects personal data without a link to the privacy notice.",
    ),
    text("Thêm liên kết tới chính sách bảo mật cạnh biểu mẫu.", "Link the privacy notice beside the form."),
    "Law 91/2025/QH15 Art. 9(2); GDPR Art. 13",
  ),
  page_insecure_form: say(
    text("Biểu mẫu gửi dữ liệu không qua HTTPS.", "The form does not send its data over HTTPS."),
    text("Đặt action là một địa chỉ https://.", "Point the action to an https:// address."),
    "GDPR Art. 32; Law 91/2025/QH15; policy P-12",
  ),
  page_form_target_unregistered: say(
    text(
      "Dữ liệu được gửi tới một máy chủ không phải của trang và không phải của bên xử lý đã đăng ký.",
      "The data goes to a host that is neither the page's own nor a registered processor.",
    ),
    text(
      "Gửi về máy chủ của trang, hoặc đăng ký bên nhận làm bên xử lý trước.",
      "Send it to the page's own host, or register the receiver as a processor first.",
    ),
    "Law 91/2025/QH15; Decree 356/2025/ND-CP; GDPR Art. 28; policy P-34",
  ),
  page_tracker_before_consent: say(
    text("Mã theo dõi chạy trước khi người xem đồng ý.", "A tracker runs before the visitor has agreed."),
    text(
      'Chỉ nạp mã sau khi đồng ý, thí dụ type="text/plain" data-category="analytics".',
      'Load it only after consent, for example type="text/plain" data-category="analytics".',
    ),
    "Decree 356/2025/ND-CP Art. 4(1)(l), 6(3); ePrivacy Art. 5(3); policy I.5, VI",
  ),
  page_child_without_guardian: say(
    text(
      "Trang thu thập dữ liệu của trẻ em mà không có sự đồng ý của cha mẹ hoặc người giám hộ.",
      "The page collects data of a child without the consent of a parent or guardian.",
    ),
    text(
      "Hỏi phụ huynh, và thêm ô “Tôi là cha mẹ hoặc người giám hộ và đồng ý…”; hoặc bỏ trường về trẻ.",
      "Ask the parent and add a box “I am the parent or guardian and agree…”, or remove the child's data.",
    ),
    "Law 91/2025/QH15 Art. 24; Children Law 102/2016/QH13 Art. 21; GDPR Art. 8; policy VII",
  ),
  page_unparsable: say(
    text("Không đọc được trang này như một trang HTML.", "This cannot be read as an HTML page."),
    text(
      "Gửi HTML dạng văn bản UTF-8, dưới 5 triệu ký tự, không lồng quá sâu.",
      "Send HTML as UTF-8 text, under 5 million characters and not nested too deeply.",
    ),
    "policy P-12",
  ),
};
