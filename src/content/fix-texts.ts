import type { Category } from "../domain/finding.ts";
import type { Bilingual } from "../domain/vocabulary.ts";

export type FixText = { readonly messages: Bilingual; readonly fix: Bilingual; readonly citation: string };

const text = (vi: string, en: string): Bilingual => ({ vi, en });

/** What a finding of each category says to the sender. No text names the matched words. */
export const fixTexts: Readonly<Record<Category, FixText>> = {
  health: {
    messages: text(
      "Nội dung nêu, suy ra hoặc hỏi về tình trạng sức khỏe của một người.",
      "The text states, implies or asks for the health of a person.",
    ),
    fix: text(
      "Bỏ tên bệnh, thuốc, xét nghiệm và kết quả; mời người nhận đăng nhập hoặc đến quầy để xem.",
      "Remove the disease, medicine, test and result; invite the recipient to sign in or come to the desk.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(d); GDPR Art. 9(1); policy I.6",
  },
  biometric_genetic: {
    messages: text(
      "Nội dung chứa hoặc yêu cầu dữ liệu sinh trắc học hoặc di truyền của một người.",
      "The text carries or asks for biometric or genetic data of a person.",
    ),
    fix: text(
      "Không gửi và không thu thập vân tay, khuôn mặt, giọng nói hay kết quả gen qua kênh này.",
      "Do not send or collect fingerprints, faces, voices or gene results over this channel.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(đ); GDPR Art. 9(1); policy I.6",
  },
  religion: {
    messages: text(
      "Nội dung cho biết hoặc hỏi về tôn giáo, tín ngưỡng của một người.",
      "The text reveals or asks for the religion or belief of a person.",
    ),
    fix: text(
      "Viết lại cho mọi người nhận, không nêu tôn giáo, nghi lễ đã dự hay nơi sinh hoạt đạo của người nhận.",
      "Write it for everybody; leave out the recipient's religion, rites and place of worship.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(b); GDPR Art. 9(1); policy I.6",
  },
  politics: {
    messages: text(
      "Nội dung cho biết hoặc hỏi về quan điểm hay tư cách thành viên chính trị của một người.",
      "The text reveals or asks for a person's political views or membership.",
    ),
    fix: text(
      "Bỏ tư cách thành viên, đảng phí, lá phiếu và chính kiến; chuyển sang kênh nội bộ của tổ chức.",
      "Remove membership, dues, votes and views; use the organisation's own internal channel.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(b); GDPR Art. 9(1); policy I.6",
  },
  ethnicity: {
    messages: text(
      "Nội dung cho biết, suy ra hoặc hỏi về dân tộc, chủng tộc của một người.",
      "The text reveals, infers or asks for the ethnic or racial origin of a person.",
    ),
    fix: text(
      "Bỏ dân tộc và nguồn gốc; ưu đãi phải dựa trên điều kiện không nhạy cảm.",
      "Remove the origin; base the offer on a condition that is not sensitive.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(a); GDPR Art. 9(1); policy I.6",
  },
  union: {
    messages: text(
      "Nội dung cho biết hoặc hỏi về tư cách thành viên công đoàn của một người.",
      "The text reveals or asks for a person's trade-union membership.",
    ),
    fix: text(
      "Bỏ tư cách đoàn viên, đoàn phí, chức vụ và việc tham gia đình công.",
      "Remove membership, dues, office and part in a strike.",
    ),
    citation: "GDPR Art. 9(1); policy I.6",
  },
  sex_life: {
    messages: text(
      "Nội dung cho biết hoặc hỏi về đời sống tình dục, xu hướng hay bản dạng giới của một người.",
      "The text reveals or asks for a person's sex life, orientation or gender identity.",
    ),
    fix: text(
      "Bỏ mọi chi tiết về quan hệ, xu hướng và sản phẩm kín; chỉ báo đơn hàng chung.",
      "Remove relations, orientation and intimate products; speak of an order in general.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(e); GDPR Art. 9(1); policy I.6",
  },
  criminal: {
    messages: text(
      "Nội dung nói về vi phạm, án tích hoặc tố tụng hình sự của một người.",
      "The text speaks of a person's offence, record or criminal proceedings.",
    ),
    fix: text(
      "Bỏ tội danh, giai đoạn tố tụng và án tích; mời người nhận liên hệ trực tiếp.",
      "Remove the offence, the stage and the record; ask the recipient to get in touch.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(g); GDPR Art. 10; policy I.6",
  },
  national_id: {
    messages: text(
      "Nội dung chứa hoặc yêu cầu số hay ảnh giấy tờ tùy thân.",
      "The text carries or asks for the number or image of an identity document.",
    ),
    fix: text(
      "Bỏ số giấy tờ; nếu phải xác minh, mời người nhận đến quầy hoặc dùng ứng dụng đã đăng nhập.",
      "Remove the number; verify at a desk or inside the signed-in app.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(i); Law 91/2025/QH15; policy I.6",
  },
  card: {
    messages: text(
      "Nội dung chứa hoặc yêu cầu số thẻ, ngày hết hạn hay mã bảo mật của thẻ.",
      "The text carries or asks for a card number, its expiry or its security code.",
    ),
    fix: text(
      "Chỉ để bốn số cuối; thanh toán qua trang của đơn vị đạt chuẩn PCI DSS.",
      "Keep the last four digits only; take payment on a PCI DSS compliant page.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(k); PCI DSS 4.0 Req. 3; policy III",
  },
  credential: {
    messages: text(
      "Nội dung chứa hoặc yêu cầu mật khẩu, mã PIN, OTP hay thông tin đăng nhập.",
      "The text carries or asks for a password, PIN, one-time code or login.",
    ),
    fix: text(
      "Không gửi và không hỏi bí mật đăng nhập; dẫn người dùng đến quy trình đặt lại trong ứng dụng.",
      "Neither send nor ask for login secrets; point to the reset inside the app.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(i)(k); policy I.6",
  },
  financial_history: {
    messages: text(
      "Nội dung nêu hoặc hỏi về số dư, giao dịch, khoản nợ hay lịch sử tín dụng của một người.",
      "The text states or asks for a person's balance, transactions, debts or credit history.",
    ),
    fix: text(
      "Bỏ số tiền, ngày quá hạn và xếp hạng; mời người nhận xem trong ứng dụng đã đăng nhập.",
      "Remove amounts, days overdue and ratings; invite the recipient to look in the signed-in app.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(k); policy I.6",
  },
  location: {
    messages: text(
      "Nội dung cho biết hoặc thu thập vị trí, hành trình của một người.",
      "The text reveals or collects a person's position or movements.",
    ),
    fix: text(
      "Bỏ vị trí và lịch sử di chuyển; chỉ nêu địa chỉ của cửa hàng hoặc sự kiện.",
      "Remove positions and movements; give the address of the shop or event only.",
    ),
    citation: "Decree 356/2025/ND-CP Art. 4(1)(h); policy I.6",
  },
  child: {
    messages: text(
      "Nội dung chứa hoặc hỏi dữ liệu về một trẻ em có thể nhận ra.",
      "The text carries or asks for data about an identifiable child.",
    ),
    fix: text(
      "Bỏ tên, tuổi, lớp, điểm và sức khỏe của trẻ; liên lạc với phụ huynh qua cổng riêng.",
      "Remove the child's name, age, class, marks and health; write to the parents on a private portal.",
    ),
    citation: "Law 91/2025/QH15 Art. 24; Children Law 102/2016/QH13 Art. 21; policy VII",
  },
};

/** A text that stays unreadable after normalisation. */
export const unreadableText: FixText = {
  messages: text(
    "Phần lớn nội dung không đọc được sau khi chuẩn hóa.",
    "Most of the text stays unreadable after normalisation.",
  ),
  fix: text(
    "Viết lại bằng chữ thường, không chèn dấu hay tách chữ.",
    "Write it in plain letters without inserted marks or split words.",
  ),
  citation: "policy P-18",
};
