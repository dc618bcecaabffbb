/** Digits that belong together, with the marks between them and their UTF-16 range. */
export type DigitRun = {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  readonly glue: string;
};

/** Runs of digits that single spaces, dots or dashes may join; at most 19 digits count. */
export function* digitRuns(folded: string): Generator<DigitRun> {
  const isDigit = (i: number): boolean => {
    const unit = folded.charCodeAt(i);
    return unit >= 48 && unit <= 57;
  };
  let i = 0;
  while (i < folded.length) {
    if (!isDigit(i)) {
      i++;
      continue;
    }
    const start = i;
    let digits = "";
    let glue = "";
    let end = i;
    while (i < folded.length) {
      if (isDigit(i)) {
        if (digits.length < 24) digits += folded.charAt(i);
        end = ++i;
      } else if (isDigit(i + 1) && " .-".includes(folded[i] ?? "?")) glue += folded.charAt(i++);
      else break;
    }
    const bare = masked(folded, start - 1) || masked(folded, end);
    if (digits.length < 9 || bare) continue;
    if (glue === "" || tidy(folded.slice(start, end))) {
      yield { digits, start, end, glue };
      continue;
    }
    // Unrelated neighbours ("079188004521 05 05"): give each part alone.
    yield* parts(folded, start, end);
  }
}

const masked = (folded: string, at: number): boolean => {
  const unit = folded[at];
  return unit === "*" || unit === "x" || unit === "•";
};

/** Groups as cards and identity numbers are printed. */
const tidy = (text: string): boolean =>
  /^\d{4}([ .-]\d{4}){2}([ .-]\d{3,4})?([ .-]\d{1,3})?$/.test(text) ||
  /^\d{3}([ .-]\d{3}){2,3}$/.test(text) ||
  /^\d{4}[ .-]\d{6}[ .-]\d{4,5}$/.test(text) ||
  /^\d{6}[ .-]\d{6,13}$/.test(text) ||
  /^\d{3}[ .-]\d{2}[ .-]\d{4}$/.test(text);

function* parts(folded: string, start: number, end: number): Generator<DigitRun> {
  const slice = folded.slice(start, end);
  let pending: DigitRun | null = null;
  for (const match of slice.matchAll(/\d+/g)) {
    const at = start + match.index;
    const joined: DigitRun | null =
      pending === null
        ? null
        : {
            digits: pending.digits + match[0],
            start: pending.start,
            end: at + match[0].length,
            glue: `${pending.glue}${folded[at - 1] ?? ""}`,
          };
    if (match[0].length >= 9) yield { digits: match[0], start: at, end: at + match[0].length, glue: "" };
    else if (joined !== null && joined.digits.length <= 19) {
      pending = joined;
      if (tidy(folded.slice(joined.start, joined.end))) yield joined;
      continue;
    }
    pending =
      match[0].length >= 3 && match[0].length <= 6
        ? { digits: match[0], start: at, end: at + match[0].length, glue: "" }
        : null;
  }
}
