/**
 * A cell that a spreadsheet will show and not run (OWASP, CSV injection): an apostrophe goes before a leading
 * = + - @ or its fullwidth form, also behind spaces and invisible marks, and before one that follows a tab,
 * semicolon or line break, because some spreadsheets would begin a new cell there.
 */
export function formulaSafe(cell: string): string {
  return cell.replace(formulaStart, "$1'$2").replace(controlStart, "'$&");
}

const formulaStart =
  /((?:^|[;\t\r\n])[ \u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2069\u3000\ufeff]*)([=+\-@＝＋－＠−])/g;
const controlStart = /^[\t\r\n]/;
