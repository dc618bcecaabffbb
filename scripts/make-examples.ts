/**
 * Writes examples/: a thousand invented contacts with every kind of row that an import must tell apart, a
 * declaration and a campaign. Same output on every run. Run: npx tsx scripts/make-examples.ts
 */
import { mkdirSync, writeFileSync } from "node:fs";

const rowsTotal = 1000;
const columns = [
  "Số điện thoại",
  "Họ tên",
  "Ngày sinh",
  "Ngày đồng ý",
  "Người giám hộ",
  "SĐT người giám hộ",
  "Ngày giám hộ đồng ý",
  "Bằng chứng người giám hộ",
  "Mã khách hàng",
] as const;

/** mulberry32: the file must not change from one run to the next. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seeded(20_261_124);
const upTo = (bound: number): number => Math.floor(random() * bound);
const pick = (words: readonly string[]): string => words[upTo(words.length)] ?? "";
const two = (value: number): string => String(value).padStart(2, "0");

const families = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ"];
const middles = ["Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Quốc", "Gia", "Bảo", "Khánh"];
const givens = [
  "An",
  "Bình",
  "Châu",
  "Dung",
  "Giang",
  "Hà",
  "Khoa",
  "Linh",
  "Nam",
  "Phúc",
  "Quỳnh",
  "Tuấn",
  "Ý",
];

const name = (): string => `${pick(families)} ${pick(middles)} ${pick(givens)}`;
const day = (firstYear: number, years: number): string =>
  `${two(1 + upTo(28))}/${two(1 + upTo(12))}/${firstYear + upTo(years)}`;
const adult = (): string => day(1960, 45);
const minor = (): string => day(2010, 8);
const consented = (): string =>
  `${two(1 + upTo(28))}/${two(1 + upTo(9))}/2026 ${two(8 + upTo(12))}:${two(upTo(60))}`;

/** Visibly invented: 0900 000 000 to 0900 000 999, guardians and old numbers likewise. */
const phone = (at: number): string => `0900000${String(at).padStart(3, "0")}`;
const spaced = (at: number): string => {
  const digits = phone(at);
  const forms = [
    digits,
    `+84${digits.slice(1)}`,
    `84${digits.slice(1)}`,
    `+84 (0) ${digits.slice(1, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`,
    `${digits.slice(0, 4)}.${digits.slice(4, 7)}.${digits.slice(7)}`,
    `${digits.slice(0, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`,
    `${digits.slice(0, 4)} ${digits.slice(4, 7)} ${digits.slice(7)}`,
  ];
  return pick(forms);
};

/** Of a hundred rows these are not plainly good; the position decides the kind. */
function contact(at: number): readonly string[] {
  const id = `KH${String(at + 1).padStart(4, "0")}`;
  const row = (
    written: string,
    born: string,
    guardian: readonly string[] = ["", "", "", ""],
  ): readonly string[] => [written, name(), born, consented(), ...guardian, id];
  switch (at % 100) {
    case 7:
    case 57: // eleven digits, from before 2018
      return row(`01230000${String(at).padStart(3, "0")}`, adult());
    case 13: // lost its zero
      return row(phone(at).slice(1), adult());
    case 23: // scientific notation with all its digits
      return row(`${phone(at).charAt(1)}.${phone(at).slice(2)}E+8`, adult());
    case 33: // scientific notation that lost digits
      return row("9.00E+08", adult());
    case 43: // kept as text
      return row(`'${phone(at)}`, adult());
    case 17: // the same person as ten rows before
    case 67:
      return row(phone(at - 10), adult());
    case 27: // one digit short
      return row(phone(at).slice(0, 9), adult());
    case 37: // a landline
      return row(`028 0000 0${String(at).padStart(3, "0")}`, adult());
    case 47: // nothing
      return row("", adult());
    case 53: // under 18, nobody asked
    case 73:
      return row(phone(at), minor());
    case 63: // under 18, a guardian has agreed
    case 83: {
      const agreed = consented();
      return row(phone(at), minor(), [
        name(),
        `0990000${String(at).padStart(3, "0")}`,
        agreed,
        `https://example.com/guardian/${id}.pdf`,
      ]);
    }
    case 77: // month before day
      return row(phone(at), `12/${13 + upTo(15)}/1990`);
    case 87: // agreed after this file was made
      return [phone(at), name(), adult(), "01/01/2099 08:00", "", "", "", "", id];
    case 97: // a formula for a name
      return [
        phone(at),
        `=HYPERLINK("https://example.com";"${name()}")`,
        adult(),
        consented(),
        "",
        "",
        "",
        "",
        id,
      ];
    default:
      return row(spaced(at), adult());
  }
}

const declaration = {
  basis: "consent",
  purposes: ["advertising"],
  channels: ["sms"],
  consent: {
    method: "web_form",
    collectedAt: "2026-01-05T08:00:00+07:00",
    noticeText:
      "Tôi đồng ý nhận tin quảng cáo về sách mới của SACHVIET qua tin nhắn SMS, tối đa 2 tin mỗi tuần, và biết rằng tôi có thể từ chối bất cứ lúc nào.",
    contentClass: "Giới thiệu sách mới và chương trình giảm giá sách",
    frequency: { max: 2, per: "week" },
    source: "Biểu mẫu đăng ký tại https://example.com/dang-ky",
    evidence: [{ kind: "url", uri: "https://example.com/dang-ky" }],
  },
};

const campaign = {
  name: "Sách mới tháng 12",
  channel: "sms",
  purpose: "advertising",
  processor: "sandbox-sms",
  sender: "SACHVIET",
  content: {
    text: "[QC] SACHVIET: Chao {{name}}, giam 20% sach moi den 15/12. Chi tiet: https://example.com/sach. Tu choi QC, soan TC gui 8000",
  },
  recipients: {
    list: [
      { phone: "0900000001", data: { name: "An" }, correlationId: "KH0002" },
      { phone: "+84900000002", data: { name: "Binh" }, correlationId: "KH0003" },
    ],
  },
};

const folder = new URL("../examples/", import.meta.url);
mkdirSync(folder, { recursive: true });
const write = (file: string, text: string): void => writeFileSync(new URL(file, folder), text);
const contacts = Array.from({ length: rowsTotal }, (_, at) => contact(at));
// Not escaped against formulas: these are the customer's own cells, and a formula among them is one of the cases.
const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
write(
  "contacts-1000.csv",
  [columns.join(","), ...contacts.map((row) => row.map(cell).join(","))].join("\r\n").concat("\r\n"),
);
write("declaration.json", `${JSON.stringify(declaration, null, 2)}\n`);
write("campaign-advertising.json", `${JSON.stringify(campaign, null, 2)}\n`);
