import {
  type Category,
  categories,
  type Finding,
  type ScanResult,
  type ScanVerdict,
  type Severity,
} from "../domain/finding.ts";
import type { Channel } from "../domain/vocabulary.ts";
import { type ContentData, shippedData } from "./content-data.ts";
import { builtIn, builtInConcepts, findContext, findPlaceholders, placeholderConcept } from "./cues.ts";
import { createExtractor, type FeatureVector } from "./features.ts";
import { createFieldNames, type FieldMatch } from "./field-names.ts";
import { type FixText, fixTexts } from "./fix-texts.ts";
import { findIdentifiers } from "./identifiers/find-identifiers.ts";
import { guessLanguage } from "./language.ts";
import { buildLexicon, findTerms, type Hit, type Lexicon } from "./lexicon.ts";
import { columns, loadModel } from "./model.ts";
import { tokenText } from "./numbers.ts";
import { createReader, type Reading, readingUnitsMax } from "./reading.ts";

export type ScanOptions = {
  /** Where the text stands in what is sent; "text" unless told. */
  readonly field?: string;
  readonly channel?: Channel | "field";
  /** BCP 47; guessed unless told. */
  readonly language?: string;
  readonly isFormLabel?: boolean;
};

export type Scanner = {
  scanText(text: string, options?: ScanOptions): ScanResult;
  /** Placeholders {{x}} <x> {1} %{x} ${x} go through the field-name matcher. */
  scanTemplate(template: string, options?: ScanOptions): ScanResult;
  /** A column of a contact file and one of its values. */
  scanField(name: string, value: string, options?: ScanOptions): ScanResult;
  matchFieldName(name: string): FieldMatch | null;
  /** SHA-256 (hex) over lexicon, weights and rules. */
  readonly digest: string;
  /** For training and evaluation: the features and scores of one piece of text. */
  examine(text: string, options?: ScanOptions): { vector: FeatureVector; scores: Float64Array };
};

const channelNumbers: Readonly<Record<string, number>> = { sms: 1, zns: 2, viber: 3, page: 4, field: 5 };
/** Longer texts are read in pieces of about this many units, cut between sentences. */
const pieceUnits = 700;
const emptyValues =
  /^\s*(|-+|–|—|không|khong|không có|khong co|chưa|chua|chưa có|n\/?a|none|no|nil|null|nan|unknown|không rõ|0|false|trống|undefined|no data|not applicable|not stated|_+)\s*$/i;

type Piece = { readonly reading: Reading; readonly hits: Hit[]; readonly vector: FeatureVector };

/** Builds the automaton and unpacks the weights once: tens of milliseconds. Scanning keeps no state between calls. */
export function createScanner(data: ContentData = shippedData): Scanner {
  const reader = createReader();
  const lexicon = buildLexicon(data.lexicon, reader.table);
  const fieldNames = createFieldNames(data.fieldNames);
  const model = loadModel(data.model);
  const offset = lexicon.concepts.length;
  const fieldOffset = offset + builtInConcepts.length;
  const kinds = kindsOf(lexicon);
  const extractor = createExtractor(kinds);
  const scores = new Float64Array(columns);

  const examinePiece = (
    text: string,
    from: number,
    to: number,
    options: ScanOptions,
    fieldConcept: number,
  ): Piece => {
    const reading = reader.read(text, from, to);
    const context = findContext(reading, text, offset);
    const hits = [...findTerms(lexicon, reading), ...context.hits];
    const piece = text.slice(from, to);
    addPlaceholders(piece, from, reading, hits);
    if (/\?/.test(piece)) hits.push({ concept: offset + builtIn("question"), from: 0, to: 1 });
    if (/https?:|www\.|\.(vn|com|example|ly|app|net|io)\b/.test(piece))
      hits.push({ concept: offset + builtIn("url"), from: 0, to: 1 });
    hits.sort((a, b) => a.from - b.from || a.to - b.to || a.concept - b.concept);
    const channel = options.isFormLabel ? 4 : (channelNumbers[options.channel ?? ""] ?? 0);
    const vector = extractor.extract(reading, hits, { channel, fieldConcept });
    return { reading, hits, vector };
  };

  const addPlaceholders = (piece: string, from: number, reading: Reading, hits: Hit[]): void => {
    for (const placeholder of findPlaceholders(piece)) {
      const token = tokenAt(reading, from + placeholder.start);
      hits.push({
        concept: offset + placeholderConcept(fieldNames.match(placeholder.name)),
        from: token,
        to: token + 1,
      });
    }
  };

  const fieldConceptOf = (name: string): number => {
    const match = fieldNames.match(name);
    if (match !== null)
      return fieldOffset + categories.indexOf(match.category) * 2 + (match.severity === "block" ? 0 : 1);
    return fieldOffset + (fieldNames.allows(name) ? 100 : 101);
  };

  const judge = (text: string, options: ScanOptions, fieldConcept: number, extra: Finding[]): ScanResult => {
    const field = options.field ?? "text";
    const findings: Finding[] = [...extra];
    let language = options.language ?? "";
    for (const [from, to] of pieces(text)) {
      const piece = examinePiece(text, from, to, options, fieldConcept);
      model.score(piece.vector, scores);
      if (language === "") language = languageOf(piece.reading, text);
      const learned = learnedFinding(piece, field, text, from, to);
      if (learned !== null) findings.push(learned);
    }
    for (const hit of findIdentifiers(foldKeepingLength(text)))
      findings.push(finding(hit.rule, hit.category, hit.severity, field, hit.start, hit.end));
    return { verdict: strictest(findings), language: language === "" ? "und" : language, findings };
  };

  const learnedFinding = (
    piece: Piece,
    field: string,
    text: string,
    from: number,
    to: number,
  ): Finding | null => {
    const sensitive = scores[0] ?? 0;
    const blocked = (scores[1] ?? 0) >= model.blockFrom;
    if (sensitive < model.reviewFrom && !blocked) return null;
    let best = 0;
    for (let i = 1; i < categories.length; i++) if ((scores[2 + i] ?? 0) > (scores[2 + best] ?? 0)) best = i;
    const category = categories[best] ?? "health";
    const term = piece.hits.find((hit) => lexicon.categoryOf[hit.concept] === best);
    const span: [number, number] = term === undefined ? trimmed(text, from, to) : spanOf(piece.reading, term);
    const rule = `${category}.${blocked ? manner(piece.hits) : "hint"}`;
    return finding(rule, category, blocked ? "block" : "review", field, span[0], span[1]);
  };

  const manner = (hits: readonly Hit[]): string => {
    const names = new Set(hits.map((hit) => lexicon.concepts[hit.concept]));
    if (names.has("cue.causal")) return "causal";
    if (names.has("ask.give") || names.has("ask.question")) return "asked";
    return "fact";
  };

  const languageOf = (reading: Reading, text: string): string => {
    const words: string[] = [];
    for (let i = 0; i < Math.min(reading.tokens, 60); i++) words.push(tokenText(reading, i));
    return guessLanguage(reading, words, text);
  };

  const scanField = (name: string, value: string, options: ScanOptions = {}): ScanResult => {
    const field = options.field ?? name.slice(0, 64);
    if (emptyValues.test(value))
      return { verdict: "pass", language: options.language ?? "und", findings: [] };
    const match = fieldNames.match(name);
    const extra: Finding[] = [];
    if (match !== null)
      extra.push(finding(match.rule, match.category, match.severity, field, 0, value.length));
    const head = `${name}: `;
    const result = judge(head + value, { ...options, channel: "field", field }, fieldConceptOf(name), []);
    const shifted = result.findings.map((item) => ({
      ...item,
      span: [Math.max(0, item.span[0] - head.length), Math.max(0, item.span[1] - head.length)] as const,
    }));
    const findings = [...extra, ...shifted];
    return { verdict: strictest(findings), language: result.language, findings };
  };

  const scanText = (text: string, options: ScanOptions = {}): ScanResult => {
    if (options.channel === "field") {
      const named = /^([^:\n]{1,80}):\s*/.exec(text);
      if (named !== null)
        return shiftBack(scanField(named[1] ?? "", text.slice(named[0].length), options), named[0].length);
    }
    return judge(text, options, -1, []);
  };

  const scanTemplate = (template: string, options: ScanOptions = {}): ScanResult => {
    const extra: Finding[] = [];
    for (const placeholder of findPlaceholders(template)) {
      const match = fieldNames.match(placeholder.name);
      if (match !== null)
        extra.push(
          finding(
            `${match.category}.placeholder`,
            match.category,
            match.severity,
            options.field ?? "text",
            placeholder.start,
            placeholder.end,
          ),
        );
    }
    return judge(template, options, -1, extra);
  };

  const examine = (
    text: string,
    options: ScanOptions = {},
  ): { vector: FeatureVector; scores: Float64Array } => {
    const named = options.channel === "field" ? /^([^:\n]{1,80}):\s*/.exec(text) : null;
    const [from, to] = pieces(text)[0] ?? [0, 0];
    const piece = examinePiece(text, from, to, options, named === null ? -1 : fieldConceptOf(named[1] ?? ""));
    model.score(piece.vector, scores);
    return { vector: piece.vector, scores };
  };

  return {
    scanText,
    scanTemplate,
    scanField,
    matchFieldName: (name) => fieldNames.match(name),
    digest: data.digest,
    examine,
  };
}

const shiftBack = (result: ScanResult, by: number): ScanResult => ({
  ...result,
  findings: result.findings.map((item) => ({ ...item, span: [item.span[0] + by, item.span[1] + by] })),
});

function kindsOf(lexicon: Lexicon): Int16Array {
  const kinds = new Int16Array(lexicon.concepts.length + builtInConcepts.length + 256).fill(-1);
  lexicon.categoryOf.forEach((category, concept) => {
    if (category >= 0) kinds[concept] = category;
  });
  return kinds;
}

function finding(
  rule: string,
  category: Category,
  severity: Severity,
  field: string,
  start: number,
  end: number,
): Finding {
  const words: FixText = fixTexts[category];
  return {
    rule,
    category,
    severity,
    field,
    span: [start, end],
    messages: words.messages,
    fix: words.fix,
    citation: words.citation,
  };
}

function strictest(findings: readonly Finding[]): ScanVerdict {
  if (findings.some((item) => item.severity === "block")) return "block";
  return findings.some((item) => item.severity === "review") ? "review" : "pass";
}

/** Cuts a long text into pieces between sentences, or between words where a sentence has no end. */
function pieces(text: string): [number, number][] {
  if (text.length <= pieceUnits) return [[0, text.length]];
  const out: [number, number][] = [];
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + pieceUnits);
    if (to < text.length) {
      const window = text.slice(from, to);
      const sentence = Math.max(
        window.lastIndexOf(". "),
        window.lastIndexOf("! "),
        window.lastIndexOf("? "),
        window.lastIndexOf("\n"),
      );
      const space = window.lastIndexOf(" ");
      if (sentence > pieceUnits / 4) to = from + sentence + 1;
      else if (space > pieceUnits / 2) to = from + space + 1;
    }
    out.push([from, Math.min(to, from + readingUnitsMax)]);
    from = to;
  }
  return out;
}

/** Lower case without marks, unit for unit as long as the text, so that offsets stay true. */
function foldKeepingLength(text: string): string {
  if (!/\d|[０-９]/.test(text)) return "";
  let out = "";
  for (const unit of text.split("")) {
    const folded =
      unit < "\u0080"
        ? unit.toLowerCase()
        : unit === "đ" || unit === "Đ"
          ? "d"
          : (unit.normalize("NFKD")[0] ?? unit).toLowerCase();
    out += folded.length === 1 ? folded : unit;
  }
  return out;
}

function tokenAt(reading: Reading, unit: number): number {
  for (let i = 0; i < reading.tokens; i++)
    if ((reading.ends[(reading.tokenTo[i] ?? 1) - 1] ?? 0) > unit) return i;
  return Math.max(0, reading.tokens - 1);
}

function spanOf(reading: Reading, hit: Hit): [number, number] {
  return [
    reading.starts[reading.tokenFrom[hit.from] ?? 0] ?? 0,
    reading.ends[(reading.tokenTo[hit.to - 1] ?? 1) - 1] ?? 0,
  ];
}

function trimmed(text: string, from: number, to: number): [number, number] {
  const piece = text.slice(from, to);
  const start = piece.length - piece.trimStart().length;
  return [from + start, from + Math.max(start, piece.trimEnd().length)];
}
