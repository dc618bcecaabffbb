/** Makes contact files for bench/import.ts: eight columns, every number invented, the same on every run. */

export const columns = "Số điện thoại,Họ tên,Ngày sinh,Ngày đồng ý,Thành phố,Hạng,Mã khách hàng,Ghi chú";
export const mapping = { "Thành phố": "attributes.city", Hạng: "attributes.tier", "Ghi chú": "ignore" };

const families = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ"];
const middles = ["Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh", "Quốc", "Gia", "Bảo", "Khánh"];
const givens = ["An", "Bình", "Châu", "Dung", "Giang", "Hà", "Khoa", "Linh", "Nam", "Phúc", "Quỳnh", "Tuấn"];
const cities = ["Hà Nội", "Đà Nẵng", "Huế", "Cần Thơ", "Hải Phòng", "Vinh", "Nha Trang", "Biên Hòa"];
const prefixes = ["090", "091", "086", "098", "070", "033", "081", "056"];

const two = (value: number): string => String(value).padStart(2, "0");
const pick = (words: readonly string[], at: number): string => words[at % words.length] ?? "";
/** Spreads positions so that neighbours share nothing (Knuth's multiplicative hash). */
const mix = (at: number): number => Math.imul(at + 1, 0x9e3779b1) >>> 0;

/** One in a hundred is a number from before, one in two hundred is none; the rest are written in several forms. */
function phone(at: number): string {
  const own = at % 100 === 57 ? at - 50 : at;
  const digits = `${pick(prefixes, Math.floor(own / 10_000_000) + own)}${String(own % 10_000_000).padStart(7, "0")}`;
  if (at % 200 === 13) return digits.slice(0, 8);
  if (at % 20 === 3) return `+84 ${digits.slice(1, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`;
  return at % 20 === 7 ? digits.slice(1) : digits;
}

export function line(at: number): string {
  const seed = mix(at);
  const name = `${pick(families, seed)} ${pick(middles, seed >>> 8)} ${pick(givens, seed >>> 16)}`;
  const born = `${two(1 + (seed % 28))}/${two(1 + ((seed >>> 5) % 12))}/${1955 + ((seed >>> 9) % 50)}`;
  const agreed = `${two(1 + (seed % 28))}/${two(1 + ((seed >>> 3) % 9))}/2026 ${two(8 + (seed % 12))}:${two(seed % 60)}`;
  return `${phone(at)},${name},${born},${agreed},${pick(cities, seed >>> 4)},${1 + (seed % 4)},KH${at},gọi sau ${seed % 12}h`;
}

/** The file in pieces as an upload brings them. */
export async function* file(rows: number): AsyncGenerator<Buffer, void, undefined> {
  let text = `${columns}\n`;
  for (let at = 0; at < rows; at++) {
    text += `${line(at)}\n`;
    if (text.length < 60_000) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}
