import type { SharingLogItem } from "../domain/contract.gen.ts";
import type { Basis, Channel, Purpose } from "../domain/vocabulary.ts";

type Words = {
  readonly title: string;
  readonly introduction: string;
  readonly madeAt: string;
  readonly nothing: string;
  readonly recipient: string;
  readonly what: string;
  readonly why: string;
  readonly channel: string;
  readonly basis: string;
  readonly outcome: string;
  readonly number: string;
  readonly record: string;
  readonly rightsTitle: string;
  readonly rights: string;
  readonly proofTitle: string;
  readonly proof: (origin: string) => string;
  readonly kinds: Readonly<Record<SharingLogItem["kind"], string>>;
  readonly purposes: Readonly<Record<Purpose, string>>;
  readonly channels: Readonly<Record<Channel, string>>;
  readonly bases: Readonly<Record<Basis, string>>;
  readonly fields: Readonly<Partial<Record<string, string>>>;
  readonly outcomes: Readonly<Partial<Record<string, string>>>;
};

const vi: Words = {
  title: "Ai đã nhận dữ liệu của bạn",
  introduction:
    "Bản này liệt kê từng lần dữ liệu của bạn được chia sẻ hoặc tra cứu: cho ai, dữ liệu gì, để làm gì, dựa trên căn cứ nào và khi nào (Luật 91/2025/QH15 Điều 4 và Điều 10). Số điện thoại được che bớt.",
  madeAt: "Lập lúc",
  nothing: "Không có lần chia sẻ nào được ghi nhận.",
  recipient: "Bên nhận",
  what: "Dữ liệu",
  why: "Mục đích",
  channel: "Kênh",
  basis: "Căn cứ",
  outcome: "Kết quả",
  number: "Số điện thoại",
  record: "Bản ghi",
  rightsTitle: "Quyền của bạn",
  rights:
    "Bạn có thể rút lại sự đồng ý, phản đối hoặc yêu cầu xóa dữ liệu bất cứ lúc nào: trả lời TC tới đầu số đã nhắn cho bạn, hoặc liên hệ doanh nghiệp đã gửi tin. Yêu cầu ngừng quảng cáo có hiệu lực ngay.",
  proofTitle: "Cách kiểm chứng",
  proof: (origin) =>
    `Mỗi bản ghi nằm trong sổ chia sẻ không thể sửa (${origin}). Bằng chứng ở địa chỉ ghi cạnh số bản ghi có thể được kiểm tra ngoại tuyến bằng khóa công khai của sổ (C2SP tlog-proof).`,
  kinds: {
    hand_off: "chuyển cho bên xử lý",
    outcome: "kết quả",
    disclosure: "cung cấp theo luật",
    publication: "công bố trang",
    lookup: "tra cứu",
    withdrawal: "từ chối / rút lại đồng ý",
    erasure: "xóa dữ liệu",
  },
  purposes: {
    advertising: "quảng cáo",
    customer_care: "chăm sóc khách hàng",
    transaction: "giao dịch",
    registration: "hỏi đăng ký nhận quảng cáo",
    survey: "khảo sát",
  },
  channels: { sms: "SMS", zns: "Zalo ZNS", viber: "Viber", page: "trang đích" },
  bases: {
    consent: "sự đồng ý của bạn",
    contract: "thực hiện thỏa thuận với bạn",
    legal_obligation: "nghĩa vụ pháp lý",
    vital_interest: "bảo vệ tính mạng, sức khỏe",
    public_task: "nhiệm vụ công",
    legitimate_interest: "lợi ích hợp pháp",
  },
  fields: {
    phone: "số điện thoại",
    name: "tên",
    text: "nội dung tin",
    templateData: "dữ liệu trong mẫu tin",
    html: "trang",
  },
  outcomes: {
    sent: "bên xử lý đã nhận",
    delivered: "đã đến máy",
    failed: "không đến được",
    rejected: "bên xử lý từ chối",
    suppressed: "đã dừng, không gửi",
    unknown: "chưa rõ",
  },
};

const en: Words = {
  title: "Who received your data",
  introduction:
    "This lists each time your data was shared or looked up: to whom, which data, for what purpose, on which basis and when (Law 91/2025/QH15 Arts. 4 and 10). Phone numbers are masked.",
  madeAt: "Made",
  nothing: "No sharing is on record.",
  recipient: "Recipient",
  what: "Data",
  why: "Purpose",
  channel: "Channel",
  basis: "Basis",
  outcome: "Outcome",
  number: "Number",
  record: "Record",
  rightsTitle: "Your rights",
  rights:
    "You may withdraw consent, object, or ask for erasure at any time: reply TC to the number that wrote to you, or contact the business that sent the message. A stop of advertising takes effect at once.",
  proofTitle: "How to check this",
  proof: (origin) =>
    `Each record stands in a tamper-evident sharing ledger (${origin}). The proof at the address beside the record's number can be checked offline with the ledger's public key (C2SP tlog-proof).`,
  kinds: {
    hand_off: "handed to a processor",
    outcome: "outcome",
    disclosure: "disclosed under the law",
    publication: "page published",
    lookup: "looked up",
    withdrawal: "refusal / withdrawal",
    erasure: "erasure",
  },
  purposes: {
    advertising: "advertising",
    customer_care: "customer care",
    transaction: "transaction",
    registration: "asking for consent to advertising",
    survey: "survey",
  },
  channels: { sms: "SMS", zns: "Zalo ZNS", viber: "Viber", page: "landing page" },
  bases: {
    consent: "your consent",
    contract: "an agreement with you",
    legal_obligation: "a legal obligation",
    vital_interest: "protection of life and health",
    public_task: "a public task",
    legitimate_interest: "a legitimate interest",
  },
  fields: {
    phone: "phone number",
    name: "name",
    text: "message text",
    templateData: "data in the template",
    html: "page",
  },
  outcomes: {
    sent: "accepted by the processor",
    delivered: "delivered",
    failed: "not delivered",
    rejected: "refused by the processor",
    suppressed: "stopped, not sent",
    unknown: "not known",
  },
};

export function wordsOf(language: "vi" | "en"): Words {
  return language === "vi" ? vi : en;
}
