import { categories, type Finding, type ScanResult } from "../domain/finding.ts";
import type { Channel } from "../domain/vocabulary.ts";
import {
  clearingConcepts,
  decisiveConcepts,
  kindsOf,
  linkingConcepts,
  rolesOf,
  shapesOf,
} from "./concept-marks.ts";
import { type ContentData, shippedData } from "./content-data.ts";
import {
  builtIn,
  builtInConcepts,
  findContext,
  findPlaceholders,
  markNames,
  placeholderConcept,
} from "./cues.ts";
import { createExtractor, type FeatureVector } from "./features.ts";
import { createFieldNames, type FieldMatch } from "./field-names.ts";
import { findIdentifiers } from "./identifiers/find-identifiers.ts";
import { mayHoldIdentifier } from "./identifiers/may-hold.ts";
import { createPlainReader } from "./identifiers/plain-text.ts";
import { guessLanguage, markSmallWords } from "./language.ts";
import { buildLexicon, findTerms, type Hit } from "./lexicon.ts";
import { makeFinding, strictest, unreadable } from "./make-finding.ts";
import { columns, loadModel } from "./model.ts";
import { pieces } from "./pieces.ts";
import { createReader } from "./reading.ts";
import type { Reading } from "./reading-shape.ts";
import { spanOf, tokenAt, trimmed } from "./spans.ts";
import { findBase64 } from "./views/base64.ts";
import { createRevealer } from "./views/reveal.ts";
import { addVocabulary } from "./views/vocabulary.ts";
import { createWordTable } from "./word-table.ts";

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
  /** For training and evaluation. */
  examine(text: string, options?: ScanOptions): Examination;
};

/** What the scanner saw in the first piece of a text; the arrays are overwritten by the next call. */
export type Examination = {
  readonly vector: FeatureVector;
  readonly scores: Float64Array;
  /** UTF-16 ranges of the sensitive terms. */
  readonly terms: readonly (readonly [number, number])[];
};

const channelNumbers: Readonly<Record<string, number>> = { sms: 1, zns: 2, viber: 3, page: 4, field: 5 };
/** Longest text that can be the label of a form field. */
const labelUnits = 48;
const emptyValues =
  /^\s*(|-+|–|—|không|khong|không có|khong co|chưa|chua|chưa có|n\/?a|none|no|nil|null|nan|unknown|không rõ|0|false|trống|undefined|no data|not applicable|not stated|_+)\s*$/i;

type Piece = {
  readonly reading: Reading;
  readonly hits: Hit[];
  readonly vector: FeatureVector;
  readonly unreadable: boolean;
};

/** Builds the automaton and unpacks the weights once: tens of milliseconds. Scanning keeps no state between calls. */
export function createScanner(data: ContentData = shippedData): Scanner {
  const reader = createReader();
  const words = createWordTable();
  const lexicon = buildLexicon(data.lexicon, reader.table, words);
  addVocabulary(words, data.words, data.lexicon, reader.table);
  markNames(words, reader.table);
  markSmallWords(words, reader.table);
  const revealer = createRevealer(reader, words);
  const readPlain = createPlainReader(reader.table);
  const fieldNames = createFieldNames(data.fieldNames);
  const model = loadModel(data.model);
  const offset = lexicon.concepts.length;
  const fieldOffset = offset + builtInConcepts.length;
  const kinds = kindsOf(lexicon);
  const extractor = createExtractor(kinds, rolesOf(lexicon), shapesOf(lexicon));
  const scores = new Float64Array(columns);
  const allConcepts = [...lexicon.concepts, ...builtInConcepts];
  const marks = (pattern: RegExp): Uint8Array =>
    Uint8Array.from(allConcepts, (name) => (pattern.test(name) ? 1 : 0));
  const decisive = marks(decisiveConcepts);
  const linking = marks(linkingConcepts);
  const clearing = marks(clearingConcepts);

  const examinePiece = (
    text: string,
    from: number,
    to: number,
    options: ScanOptions,
    fieldConcept: number,
  ): Piece => {
    const first = reader.read(text, from, to);
    words.describe(first);
    const revealed = revealer.reveal(first, text, from, to);
    const reading = revealed?.reading ?? first;
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
    return { reading, hits, vector, unreadable: revealed?.unreadable === true };
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

  const judge = (
    text: string,
    options: ScanOptions,
    fieldConcept: number,
    extra: Finding[],
    depth = 0,
  ): ScanResult => {
    const field = options.field ?? "text";
    const findings: Finding[] = [...extra];
    let language = options.language ?? "";
    if (mayHoldIdentifier(text)) findings.push(...identifierFindings(text, field));
    for (const [from, to] of pieces(text)) {
      const piece = examinePiece(text, from, to, options, fieldConcept);
      model.score(piece.vector, scores);
      if (language === "") language = guessLanguage(piece.reading, text);
      const learned = learnedFinding(piece, field, text, from, to);
      if (learned !== null) findings.push(learned);
      else if (piece.unreadable) findings.push(unreadable(field, from, to));
    }
    if (depth === 0)
      for (const hidden of findBase64(text)) {
        const inside = judge(hidden.text, options, fieldConcept, [], 1);
        findings.push(
          ...inside.findings.map((item) => ({ ...item, span: [hidden.start, hidden.end] as const })),
        );
      }
    return { verdict: strictest(findings), language: language === "" ? "und" : language, findings };
  };

  const identifierFindings = (text: string, field: string): Finding[] => {
    const plain = readPlain(text);
    return findIdentifiers(plain.text).map((hit) =>
      makeFinding(
        hit.rule,
        hit.category,
        hit.severity,
        field,
        plain.startOf(hit.start),
        plain.endOf(hit.end - 1),
      ),
    );
  };

  const learnedFinding = (
    piece: Piece,
    field: string,
    text: string,
    from: number,
    to: number,
  ): Finding | null => {
    const sensitive = scores[0] ?? 0;
    const plain = plainFact(piece);
    const blocked = (scores[1] ?? 0) >= model.blockFrom;
    if (sensitive < model.reviewFrom && !blocked && plain === -1) return null;
    if (sensitive < model.reviewFrom && !blocked) return plainFinding(piece, plain, field);
    model.scoreCategories(piece.vector, scores);
    let best = 0;
    for (let i = 1; i < categories.length; i++) if ((scores[2 + i] ?? 0) > (scores[2 + best] ?? 0)) best = i;
    const category = categories[best] ?? "health";
    const term = piece.hits.find((hit) => lexicon.categoryOf[hit.concept] === best);
    const span: [number, number] = term === undefined ? trimmed(text, from, to) : spanOf(piece.reading, term);
    const rule = `${category}.${blocked ? manner(piece.hits) : "hint"}`;
    return makeFinding(rule, category, blocked ? "block" : "review", field, span[0], span[1]);
  };

  /**
   * A decisive term and a named or described person in one sentence, in a text that neither advertises nor informs in
   * general: a person looks even where the learned layer saw nothing alike. Answers the index of the hit, or -1.
   */
  const plainFact = ({ reading, hits }: Piece): number => {
    if (hits.some((hit) => clearing[hit.concept] === 1)) return -1;
    return hits.findIndex((hit) => {
      if (decisive[hit.concept] !== 1) return false;
      const sentence = reading.tokenSentence[hit.from];
      return hits.some(
        (other) => linking[other.concept] === 1 && reading.tokenSentence[other.from] === sentence,
      );
    });
  };

  const plainFinding = (piece: Piece, index: number, field: string): Finding | null => {
    const hit = piece.hits[index];
    const category = hit === undefined ? undefined : categories[lexicon.categoryOf[hit.concept] ?? -1];
    if (hit === undefined || category === undefined) return null;
    const [start, end] = spanOf(piece.reading, hit);
    return makeFinding(`${category}.hint`, category, "review", field, start, end);
  };

  const manner = (hits: readonly Hit[]): string => {
    const names = new Set(hits.map((hit) => lexicon.concepts[hit.concept]));
    if (names.has("cue.causal")) return "causal";
    if (names.has("ask.give") || names.has("ask.question")) return "asked";
    return "fact";
  };

  const scanField = (name: string, value: string, options: ScanOptions = {}): ScanResult => {
    const field = options.field ?? name.slice(0, 64);
    if (emptyValues.test(value))
      return { verdict: "pass", language: options.language ?? "und", findings: [] };
    const match = fieldNames.match(name);
    const extra: Finding[] = [];
    if (match !== null)
      extra.push(makeFinding(match.rule, match.category, match.severity, field, 0, value.length));
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
    return judge(text, options, labelConceptOf(text, options), formLabelFindings(text, options));
  };

  /** A short line of a page may be the label of a field: what its words say as a name is then a feature. */
  const labelConceptOf = (text: string, options: ScanOptions): number => {
    if (options.channel !== "page" && options.isFormLabel !== true) return -1;
    return text.length <= labelUnits ? fieldConceptOf(text) : -1;
  };

  const formLabelFindings = (text: string, options: ScanOptions): Finding[] => {
    if (options.isFormLabel !== true || text.length > labelUnits) return [];
    const match = fieldNames.match(text);
    if (match === null) return [];
    return [
      makeFinding(
        `${match.category}.asked`,
        match.category,
        match.severity,
        options.field ?? "text",
        0,
        text.length,
      ),
    ];
  };

  const scanTemplate = (template: string, options: ScanOptions = {}): ScanResult => {
    const extra: Finding[] = [];
    for (const placeholder of findPlaceholders(template)) {
      const match = fieldNames.match(placeholder.name);
      if (match !== null)
        extra.push(
          makeFinding(
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

  const examine = (text: string, options: ScanOptions = {}): Examination => {
    const named = options.channel === "field" ? /^([^:\n]{1,80}):\s*/.exec(text) : null;
    const [from, to] = pieces(text)[0] ?? [0, 0];
    const concept = named === null ? labelConceptOf(text, options) : fieldConceptOf(named[1] ?? "");
    const piece = examinePiece(text, from, to, options, concept);
    model.score(piece.vector, scores);
    const terms = piece.hits
      .filter((hit) => (lexicon.categoryOf[hit.concept] ?? -1) >= 0)
      .map((hit) => spanOf(piece.reading, hit));
    return { vector: piece.vector, scores, terms };
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
