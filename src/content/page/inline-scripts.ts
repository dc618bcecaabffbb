/** A string literal of a script: its content, and where it starts in the script. */
export type ScriptString = { readonly text: string; readonly at: number };

const stringsMax = 5_000;

/** The string literals of a script, read in one pass; comments are stepped over. */
export function stringsIn(script: string): ScriptString[] {
  const strings: ScriptString[] = [];
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'|`((?:[^`\\]|\\[\s\S])*)`/g;
  for (
    let found = token.exec(script);
    found !== null && strings.length < stringsMax;
    found = token.exec(script)
  ) {
    const text = found[1] ?? found[2] ?? found[3];
    if (text !== undefined && text !== "") strings.push({ text: unescaped(text), at: found.index + 1 });
  }
  return strings;
}

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text
    .replace(/\\u\{?([0-9a-fA-F]{4,6})\}?/g, (_, digits: string) => {
      const point = Number.parseInt(digits, 16);
      return point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point);
    })
    .replace(/\\n|\\r|\\t/g, " ")
    .replace(/\\([\s\S])/g, "$1");
}

/** Strings that a script may write into the page as markup. */
export function markupInScripts(script: string): string[] {
  if (!/<[a-z]/i.test(script)) return [];
  return stringsIn(script)
    .map(({ text }) => text)
    .filter((text) => /<(?:[a-z][a-z0-9-]*)[\s/>]/i.test(text));
}
