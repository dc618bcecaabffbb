/** Chat abbreviations with one reading in messages; our own list. */
const chatWords: Readonly<Record<string, string>> = {
  ko: "khong",
  k0: "khong",
  kg: "khong",
  hok: "khong",
  hong: "khong",
  hem: "khong",
  khg: "khong",
  kh0ng: "khong",
  khum: "khong",
  hông: "khong",
  dc: "duoc",
  đc: "duoc",
  dk: "duoc",
  đk: "duoc",
  dx: "duoc",
  j: "gi",
  r: "roi",
  rùi: "roi",
  rui: "roi",
  z: "vay",
  zay: "vay",
  zậy: "vay",
  vs: "voi",
  v: "vay",
  trc: "truoc",
  ms: "moi",
  bik: "biet",
  bit: "biet",
  bjt: "biet",
  bt: "biet",
  ny: "nguoi yeu",
  vk: "vo",
  mn: "moi nguoi",
  mng: "moi nguoi",
  ng: "nguoi",
  ngta: "nguoi ta",
  nt: "nhan tin",
  ntn: "nhu the nao",
  lm: "lam",
  hc: "hoc",
  fai: "phai",
  fải: "phai",
  wa: "qua",
  wá: "qua",
  wen: "quen",
  qen: "quen",
  iu: "yeu",
  yêu: "yeu",
  thik: "thich",
  thjk: "thich",
  thx: "cam on",
  tks: "cam on",
  bi: "bi",
  bịnh: "benh",
  binh: "binh",
  bệh: "benh",
  beh: "benh",
  bẹnh: "benh",
  sk: "suc khoe",
  ns: "noi",
  bh: "bao gio",
  gd: "gia dinh",
  cx: "cung",
  cug: "cung",
  cũg: "cung",
  nhìu: "nhieu",
  nhiu: "nhieu",
  lun: "luon",
  lu0n: "luon",
  hum: "hom",
  dag: "dang",
  đag: "dang",
  mih: "minh",
  mjh: "minh",
  mik: "minh",
  e: "em",
  a: "anh",
  c: "chi",
  ak: "a",
  ah: "a",
  nha: "nha",
  ku: "cu",
  ih: "y",
  nx: "nua",
  nz: "nua",
  nuk: "nuoc",
  pk: "phong kham",
  bs: "bac si",
  bv: "benh vien",
  xn: "xet nghiem",
  kq: "ket qua",
};

/** Abbreviations that the learned layer knows as they stand, so that they must not be rewritten. */
const kept = new Set(
  "a c e v bi binh pk bs bv xn kq hong hem nha bt sk ng nt dk đk bit ak ah ku bh ns ih yêu".split(" "),
);

/** Tokens and what they stand for. */
export const chatSpellings: ReadonlyMap<string, string> = new Map(
  Object.entries(chatWords).filter(([word]) => !kept.has(word)),
);

/** Candidate readings of a syllable that is spelt as it sounds ("fụ", "zương", "bjnh", "khôg"). */
export function soundings(word: string): string[] {
  const out: string[] = [];
  const add = (candidate: string): void => {
    if (candidate !== word) out.push(candidate);
  };
  add(word.replace(/^f/, "ph"));
  add(word.replace(/^w/, "qu"));
  add(word.replace(/^z/, "d"));
  add(word.replace(/^z/, "gi"));
  add(word.replace(/^j/, "gi"));
  add(word.replace(/j/g, "i"));
  add(word.replace(/w/g, "u"));
  add(word.replace(/k$/, "ch"));
  add(word.replace(/g$/, "ng"));
  add(word.replace(/([^n])h$/, "$1nh"));
  add(word.replace(/^k([aou])/, "c$1"));
  add(
    word
      .replace(/^f/, "ph")
      .replace(/j/g, "i")
      .replace(/([^n])h$/, "$1nh")
      .replace(/([^n])g$/, "$1ng"),
  );
  return out;
}

/** Reads telex keystrokes ("beejnh", "ddieeuf") and VNI ones ("be65nh"); null where the word holds none. */
export function fromKeystrokes(word: string): string | null {
  let out = word;
  if (/\d/.test(word)) {
    if (!/^[a-z]+\d/.test(word) || /[a-z]\d{4}|^\d/.test(word)) return null;
    out = word.replace(/\d/g, "");
  } else {
    out = out.replace(/^dd/, "d").replace(/d$/, (last) => (word.startsWith("dd") ? last : last));
    out = out
      .replace(/aa/g, "a")
      .replace(/ee/g, "e")
      .replace(/oo/g, "o")
      .replace(/([uoa])w/g, "$1")
      .replace(/^w/, "u")
      .replace(/w/g, "");
    out = out
      .replace(/([aeiouy][aeiouy]*(?:ch|ng|nh|[cmnpt])?)[sfrxj]$/, "$1")
      .replace(/([aeiouy]+)[sfrxj](ch|ng|nh|[cmnpt]|[aeiouy])/, "$1$2");
    out = out.replace(/([aeiouy]+)[sfrxj](ch|ng|nh|[cmnpt])$/, "$1$2");
  }
  return out === word || out === "" ? null : out;
}

const toneKeys: Readonly<Record<string, string>> = {
  f: "\u0300",
  s: "\u0301",
  x: "\u0303",
  r: "\u0309",
  j: "\u0323",
  "2": "\u0300",
  "1": "\u0301",
  "4": "\u0303",
  "3": "\u0309",
  "5": "\u0323",
};
const isVowel = (letter: string): boolean => "aeiouyâêôăơư".includes(letter);
const rounded: Readonly<Record<string, string>> = { a: "â", e: "ê", o: "ô" };
const horned: Readonly<Record<string, string>> = { a: "ă", o: "ơ", u: "ư" };

/** What keystrokes write, with its marks and tone; null where they do not make one whole syllable. */
export function accentedKeystrokes(word: string): string | null {
  const out: string[] = [];
  let tone = "";
  for (const key of word) {
    const last = out.at(-1) ?? "";
    const voiced = out.some(isVowel);
    const mark = toneKeys[key];
    if (out.length === 1 && last === "d" && key === "d") out[0] = "đ";
    else if (key === "9" && out[0] === "d") out[0] = "đ";
    else if (rounded[key] !== undefined && last === key) out[out.length - 1] = rounded[key];
    else if (key === "6") replaceLast(out, rounded);
    else if (key === "8") replaceLast(out, { a: "ă" });
    else if (key === "7" || key === "w") {
      if (key === "w" && !voiced) out.push("ư");
      else replaceLast(out, horned);
    } else if (mark !== undefined && voiced) {
      if (tone !== "") return null;
      tone = mark;
    } else out.push(key);
  }
  const at = out.findLastIndex(isVowel);
  if (at < 0) return null;
  out[at] = `${out[at] ?? ""}${tone}`;
  return out.join("").normalize("NFC");
}

/** Changes the last letter that has a changed form; the horn covers both letters of "uo". */
function replaceLast(out: string[], forms: Readonly<Record<string, string>>): void {
  const at = out.findLastIndex((letter) => forms[letter] !== undefined);
  if (at < 0) return;
  const letter = out[at] ?? "";
  out[at] = forms[letter] ?? letter;
  if (letter === "o" && forms === horned && out[at - 1] === "u") out[at - 1] = "ư";
}
