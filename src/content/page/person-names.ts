const surnames =
  "Nguyễn|Nguyen|Trần|Tran|Lê|Le|Phạm|Pham|Hoàng|Hoang|Huỳnh|Huynh|Phan|Vũ|Vu|Võ|Vo|Đặng|Dang|Bùi|Bui|Đỗ|Do|Hồ|Ho|Ngô|Ngo|Dương|Duong|Lý|Ly|Đinh|Dinh|Trịnh|Trinh|Đoàn|Doan|Lương|Luong|Mai|Tô|To|Hà|Ha|Cao|Đào|Dao|Lâm|Lam|Trương|Truong|Tạ|Ta|Phùng|Phung|Châu|Chau|Tống|Tong|Quách|Quach|Thái|Thai|La|Từ|Tu|Kiều|Kieu|Nghiêm|Nghiem|Mạc|Mac";
/** A Vietnamese full name that is no street (no house number before it). */
export const vietnameseName = new RegExp(
  `(?<![\\p{L}\\d]|\\d[ /\\d-]{0,8})(?:${surnames}|${surnames.toLocaleUpperCase("vi")})(?: (?:\\p{Lu}\\p{L}{0,6}|\\p{Lu}\\.)){1,4}(?![\\p{L}])`,
  "u",
);
const polite =
  /(?:^|[^\p{L}])(?:Anh|Chị|Cô|Chú|Ông|Bà|Bạn|Em|Mr\.?|Mrs\.?|Ms\.?|Miss|KH|Khách)\.? \p{Lu}\p{L}+/u;
const westernName = /(?<![\p{L}])\p{Lu}\p{Ll}{1,14} (?:\p{Lu}\. )?\p{Lu}\p{Ll}{1,19}(?![\p{L}])/u;

/** Whether a text names a person: Vietnamese full name, polite address with a name, or two capitalised Western words. */
export function namesPerson(text: string): boolean {
  return vietnameseName.test(text) || polite.test(text) || westernName.test(text);
}

/** The same, where two capitalised words of an English text are more often a title than a person. */
export function namesSomebody(text: string): boolean {
  return (
    vietnameseName.test(text) ||
    /\b(?:Mr|Mrs|Ms|Miss|Dr)\.? \p{Lu}\p{Ll}+ \p{Lu}|(?:Anh|Chị|Cô|Chú|Ông|Bà) \p{Lu}\p{L}+/u.test(text)
  );
}
