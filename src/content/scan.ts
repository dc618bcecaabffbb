import type { Finding, ScanResult } from "../domain/finding.ts";
import type { Channel } from "../domain/vocabulary.ts";
import { type ContentData, shippedData } from "./content-data.ts";
import { findPlaceholders } from "./cues.ts";
import { createExaminer } from "./examine-piece.ts";
import type { FeatureVector } from "./features.ts";
import { createFieldNames, type FieldMatch } from "./field-names.ts";
import { findIdentifiers } from "./identifiers/find-identifiers.ts";
import { mayHoldIdentifier } from "./identifiers/may-hold.ts";
import { createPlainReader } from "./identifiers/plain-text.ts";
import { createPieceJudge } from "./judge-piece.ts";
import { guessLanguage } from "./language.ts";
import { makeFinding, strictest } from "./make-finding.ts";
import { pieces } from "./pieces.ts";
import { spanOf } from "./spans.ts";
import { findStatedAttributes } from "./stated-attributes.ts";
import { findBase64 } from "./views/base64.ts";

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

/** Builds the automaton and unpacks the weights once: tens of milliseconds. No call changes what another finds. */
export function createScanner(data: ContentData = shippedData): Scanner {
  const fieldNames = createFieldNames(data.fieldNames);
  const examiner = createExaminer(data, fieldNames);
  const pieceJudge = createPieceJudge(examiner, data.model);
  const readPlain = createPlainReader(examiner.table);
  const { fieldConceptOf } = examiner;

  const channelOf = (options: ScanOptions): number =>
    options.isFormLabel === true ? 4 : (channelNumbers[options.channel ?? ""] ?? 0);

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
    for (const { match, start, end } of findStatedAttributes(text, fieldNames))
      findings.push(makeFinding(`${match.category}.fact`, match.category, "block", field, start, end));
    for (const [from, to] of pieces(text)) {
      const piece = examiner.examine(text, from, to, channelOf(options), fieldConcept);
      if (language === "") language = guessLanguage(piece.reading, text);
      const finding = pieceJudge.judge(piece, field, text, from, to);
      if (finding !== null) findings.push(finding);
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

  const scanField = (name: string, value: string, options: ScanOptions = {}): ScanResult => {
    const field = options.field ?? name.slice(0, 64);
    if (emptyValues.test(value))
      return { verdict: "pass", language: options.language ?? "und", findings: [] };
    const match = examiner.matchName(name);
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
    const piece = examiner.examine(text, from, to, channelOf(options), concept);
    const scores = pieceJudge.score(piece);
    const terms = piece.hits
      .filter((hit) => (examiner.lexicon.categoryOf[hit.concept] ?? -1) >= 0)
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
