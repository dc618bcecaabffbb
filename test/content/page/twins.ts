import type { PageRule } from "../../../src/content/page/page-rule-texts.ts";
import type { ExampleName } from "./example-pages.ts";

/** A page that obeys, one replacement, and the rule that it then breaks; null: it still obeys. */
export type Twin = readonly [rule: PageRule | null, page: ExampleName, from: string, to: string];

const spaAds =
  "Tôi đồng ý để Spa Lá Xanh gửi tin quảng cáo qua SMS tới số điện thoại trên. Tôi có thể rút lại sự đồng ý bất cứ lúc nào.";
const courseAds = "I agree that Bright Path English may send me advertising about its courses by SMS.";
const messageField = '<textarea id="msg" name="message" rows="3"></textarea>';
const branch = '<label for="branch">Chi nhánh</label>';

export const twins: readonly Twin[] = [
  // Sensitive fields
  ["page_sensitive_field", "spa", branch, '<label for="branch">Tôn giáo</label>'],
  ["page_sensitive_field", "spa", 'name="branch"', 'name="nhom_mau"'],
  [
    "page_sensitive_field",
    "course",
    messageField,
    '<textarea id="msg" name="medicalHistory" rows="3"></textarea>',
  ],
  [
    "page_sensitive_field",
    "course",
    '<label for="msg">Message</label>',
    '<label for="msg">Do you have diabetes or high blood pressure?</label>',
  ],
  ["page_sensitive_field", "clinic", 'name="ngay_hen"', 'name="tien_su_benh"'],
  ["page_sensitive_field", "clinic", "Ngày muốn đến", "Bạn đang mắc bệnh gì?"],
  ["page_sensitive_field", "gym", 'placeholder="Họ tên của bạn"', 'placeholder="Số CCCD"'],
  [
    "page_sensitive_field",
    "gym",
    "<option>Sáng</option><option>Chiều</option><option>Tối</option>",
    "<option>Phật giáo</option><option>Công giáo</option><option>Khác</option>",
  ],
  ["page_sensitive_field", "estate", 'data-field="name"', 'data-field="religion"'],
  [
    "page_sensitive_field",
    "restaurant",
    '<input id="party" name="party_size" type="number" min="1" max="20">',
    '<input id="party" name="party_size" type="password">',
  ],
  [
    "page_sensitive_field",
    "restaurant",
    '<input id="tel" name="tel" type="tel" autocomplete="tel">',
    '<input id="tel" name="code" autocomplete="one-time-code">',
  ],
  [
    "page_sensitive_field",
    "spa",
    '<select id="branch" name="branch">',
    '<x-field name="blood_type"></x-field><select id="branch" name="branch">',
  ],
  [null, "spa", branch, '<label for="branch">Dịch vụ quan tâm</label>'],
  [null, "course", 'name="message"', 'name="preferred_time"'],
  [null, "restaurant", "Number of adults and children", "Number of guests"],
  [null, "spa", branch, '<label for="branch">Số lượng khách</label>'],
  [null, "spa", branch, '<label for="branch">Vị trí ứng tuyển</label>'],
  // Cards
  ["page_card_field", "restaurant", 'autocomplete="tel"', 'autocomplete="cc-number"'],
  ["page_card_field", "restaurant", 'name="party_size"', 'name="cvv"'],
  ["page_card_field", "spa", branch, '<label for="branch">Số thẻ tín dụng</label>'],
  ["page_card_field", "course", '<label for="msg">Message</label>', '<label for="msg">Card number</label>'],
  [null, "spa", branch, '<label for="branch">Mã thẻ thành viên</label>'],
  // Documents
  ["page_id_document_upload", "course", messageField, '<input id="msg" type="file" name="passport_scan">'],
  [
    "page_id_document_upload",
    "spa",
    '<select id="branch" name="branch">',
    '<label>Ảnh mặt trước CCCD <input type="file" accept="image/*" name="a1"></label><select id="branch" name="branch">',
  ],
  [
    "page_id_document_upload",
    "gym",
    '<select name="time">',
    '<p>Tải lên ảnh chứng minh nhân dân</p><input type="file" name="f"><select name="time">',
  ],
  [null, "course", messageField, '<input id="msg" type="file" name="writing_sample">'],
  // Sensitive content
  [
    "page_sensitive_content",
    "shop",
    "Vải mát, giao nhanh, sẽ ủng hộ shop dài dài.",
    "Chị Nguyễn Thị Lan được chẩn đoán ung thư vú giai đoạn 2 tháng 5/2026.",
  ],
  [
    "page_sensitive_content",
    "clinic",
    "<p>Giá trọn gói",
    '<p style="display:none">Bệnh nhân Nguyễn Văn An có kết quả xét nghiệm HIV dương tính.</p><p>Giá trọn gói',
  ],
  [
    "page_sensitive_content",
    "shop",
    "<cite>– Chị Thu Trang, Đà Nẵng</cite>",
    "Thẻ Visa 4111 1111 1111 1111, CVV 123",
  ],
  [
    "page_sensitive_content",
    "clinic",
    'alt="Bác sĩ tư vấn tầm soát ung thư vú"',
    'alt="Chị Trần Thị Hoa bị ung thư vú giai đoạn 3"',
  ],
  [null, "shop", "Vải mát, giao nhanh, sẽ ủng hộ shop dài dài.", "Vải đẹp, đúng mẫu, đóng gói kỹ."],
  // Subscriber data
  [
    "page_subscriber_data_exposed",
    "shop",
    "<tr><td>Áo sơ mi linen</td><td>259.000đ</td></tr>",
    "<tr><td>Nguyễn Văn An</td><td>0912 345 678</td></tr>",
  ],
  ["page_subscriber_data_exposed", "shop", "– Chị Thu Trang, Đà Nẵng", "– Chị Thu Trang, 0912345678"],
  [
    "page_subscriber_data_exposed",
    "course",
    "<li>Placement test</li><li>Weekly feedback on your writing</li>",
    "<li>John Carter, john.carter@gmail.com</li><li>Anna Bell, anna.bell@yahoo.com</li>",
  ],
  [
    "page_subscriber_data_exposed",
    "estate",
    "<script>",
    '<script>var leads = [{"name":"Lê Văn Bình","phone":"0905111222"},{"name":"Trần Thị Cúc","phone":"0905333444"}];',
  ],
  [null, "shop", "– Chị Thu Trang, Đà Nẵng", "– Chị Thu Trang, 0912***678"],
  [null, "shop", "Zalo: 0935 123 456", "Hotline đặt hàng: 0935 123 456"],
  // Consent missing
  [
    "page_consent_missing",
    "shop",
    '<input type="checkbox" name="consent"> Tôi muốn nhận bản tin khuyến mãi của Thời trang Mộc qua email.',
    "Cảm ơn bạn.",
  ],
  ["page_consent_missing", "spa", "gửi tin quảng cáo qua SMS tới", "gọi điện khảo sát ý kiến qua"],
  [
    "page_consent_missing",
    "course",
    "invite me to a satisfaction survey by SMS",
    "send me advertising by e-mail",
  ],
  // The page's own style sets labels to display: block, which a browser puts before the hidden attribute.
  [
    null,
    "spa",
    '<label><input type="checkbox" id="agree-ads"',
    '<label hidden><input type="checkbox" id="agree-ads"',
  ],
  [
    "page_consent_missing",
    "spa",
    '<label><input type="checkbox" id="agree-ads"',
    '<label style="display:none"><input type="checkbox" id="agree-ads"',
  ],
  ["page_consent_missing", "event", '<input id="nl" name="newsletter" type="checkbox">', ""],
  // Pre-ticked
  ["page_consent_preticked", "spa", 'id="agree-ads"', 'id="agree-ads" checked'],
  ["page_consent_preticked", "estate", 'aria-checked="false"', 'aria-checked="true"'],
  ["page_consent_preticked", "restaurant", 'value="yes">', 'value="yes" checked>'],
  [
    "page_consent_preticked",
    "gym",
    "document.getElementById('open')",
    "document.querySelector('[name=marketing_consent]').checked = true; document.getElementById('open')",
  ],
  [
    "page_consent_preticked",
    "spa",
    '<button type="submit">',
    '<input type="hidden" name="marketing_consent" value="yes"><button type="submit">',
  ],
  [null, "spa", "<option>Quận 1</option>", "<option selected>Quận 1</option>"],
  // Bundled
  [
    "page_consent_bundled",
    "spa",
    "Tôi đồng ý để Spa Lá Xanh gửi tin quảng cáo",
    "Tôi đồng ý với điều khoản sử dụng và để Spa Lá Xanh gửi tin quảng cáo",
  ],
  [
    "page_consent_bundled",
    "course",
    courseAds,
    "I accept the terms and conditions and agree that Bright Path English may send me advertising by SMS.",
  ],
  [
    "page_consent_bundled",
    "gym",
    "gửi tin nhắn quảng cáo qua Zalo và SMS",
    "gửi tin quảng cáo, khảo sát và chăm sóc khách hàng",
  ],
  ["page_consent_bundled", "spa", "Xem <a", "Bằng việc bấm Đăng ký, bạn đồng ý nhận tin quảng cáo. Xem <a"],
  [
    "page_consent_bundled",
    "course",
    "We use your details",
    "By submitting this form you agree to receive marketing messages. We use your details",
  ],
  [null, "gym", "Zalo và SMS", "Zalo, Viber và SMS"],
  // Not specific
  ["page_consent_not_specific", "spa", spaAds, "Tôi đồng ý với mọi điều khoản."],
  [
    "page_consent_not_specific",
    "shop",
    "Tôi muốn nhận bản tin khuyến mãi của Thời trang Mộc qua email.",
    "Tôi đồng ý.",
  ],
  ["page_consent_not_specific", "course", courseAds, "I agree to the use of my data for any purpose."],
  [
    "page_consent_not_specific",
    "gym",
    "cho FitHouse Gym gửi tin nhắn quảng cáo",
    "cho các đối tác gửi tin nhắn quảng cáo từ các đối tác",
  ],
  [null, "gym", "Tôi đồng ý cho FitHouse Gym gửi", "Tôi cho phép chúng tôi, FitHouse, gửi"],
  // Notice
  [
    "page_privacy_notice_missing",
    "spa",
    '<a href="/chinh-sach-bao-mat">Chính sách bảo mật</a>',
    "Chính sách bảo mật",
  ],
  ["page_privacy_notice_missing", "course", 'href="/privacy-notice"', 'href="#"'],
  ["page_privacy_notice_missing", "estate", 'href="#bao-mat"', 'href="#khong-co"'],
  [null, "spa", 'href="/chinh-sach-bao-mat"', 'href="/p/12"'],
  // Insecure form
  ["page_insecure_form", "spa", 'action="/dang-ky"', 'action="http://laxanh.example.vn/dang-ky"'],
  ["page_insecure_form", "gym", 'action="https://leads', 'action="http://leads'],
  [
    "page_insecure_form",
    "course",
    '<button type="submit">',
    '<button type="submit" formaction="http://brightpath.example.com/x">',
  ],
  ["page_insecure_form", "event", 'action="/newsletter"', 'action="javascript:send()"'],
  [null, "spa", 'action="/dang-ky"', 'action="https://laxanh.example.vn/dang-ky"'],
  // Target
  [
    "page_form_target_unregistered",
    "spa",
    'action="/dang-ky"',
    'action="https://collect.example.net/dang-ky"',
  ],
  ["page_form_target_unregistered", "gym", "leads.fithouse.example.vn", "leads.other.example.vn"],
  [
    "page_form_target_unregistered",
    "estate",
    "fetch('/api/lead'",
    "fetch('https://collector.example.net/lead'",
  ],
  [
    "page_form_target_unregistered",
    "course",
    '<button type="submit">',
    '<button type="submit" formaction="https://collect.example.net/x">',
  ],
  [
    "page_form_target_unregistered",
    "event",
    '<iframe title="Map" src="https://www.google.com/maps/embed?pb=1"',
    '<iframe title="Form" src="https://docs.google.com/forms/d/e/1/viewform"',
  ],
  [null, "spa", 'action="/dang-ky"', 'action=""'],
  // Trackers
  [
    "page_tracker_before_consent",
    "shop",
    '<script type="text/plain" data-category="analytics" src=',
    "<script src=",
  ],
  ["page_tracker_before_consent", "shop", '<script type="text/plain" data-category="analytics">', "<script>"],
  [
    "page_tracker_before_consent",
    "spa",
    "</main>",
    '<img src="https://www.facebook.com/tr?id=1&ev=PageView&noscript=1" height="1" width="1" alt=""></main>',
  ],
  [
    "page_tracker_before_consent",
    "course",
    "<noscript>",
    '<noscript><iframe src="https://www.googletagmanager.com/ns.html?id=GTM-1"></iframe>',
  ],
  [
    "page_tracker_before_consent",
    "event",
    "if (localStorage.getItem('cookie-consent') === 'yes') { loadAnalytics(); }",
    "loadAnalytics();",
  ],
  [null, "spa", "</main>", '<img src="https://cdn.example.net/banner.jpg" alt="Không gian spa"></main>'],
  // Children
  [
    "page_child_without_guardian",
    "kids",
    '<input type="checkbox" name="giam_ho"> Tôi là cha, mẹ hoặc người giám hộ của bé và đồng ý để CLB Bơi Sao Biển xử lý thông tin đăng ký của bé.',
    "Mời bố mẹ ghé thăm hồ bơi.",
  ],
  [
    "page_child_without_guardian",
    "course",
    '<label for="msg">Message</label>',
    '<label for="msg">How old is your child?</label>',
  ],
  ["page_child_without_guardian", "spa", branch, '<label for="branch">Ngày sinh của con bạn</label>'],
  [null, "kids", 'name="tuoi_be"', 'name="tuoi"'],
];
