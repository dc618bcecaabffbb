import { categories, type Finding } from "../domain/finding.ts";
import {
  addressedConcepts,
  askingConcepts,
  causalConcepts,
  clearingConcepts,
  decisiveConcepts,
  diagnosisConcepts,
  linkingConcepts,
  toldConcepts,
  unsureConcepts,
} from "./concept-marks.ts";
import type { Examiner, Piece } from "./examine-piece.ts";
import type { Hit } from "./lexicon.ts";
import { makeFinding, unreadable } from "./make-finding.ts";
import { columns, loadModel, type ModelText } from "./model.ts";
import { tokenText } from "./numbers.ts";
import type { Reading } from "./reading-shape.ts";
import { spanOf, trimmed } from "./spans.ts";

export type PieceJudge = {
  /** The finding of a piece that stands in text[from, to); null where there is none. */
  judge(piece: Piece, field: string, text: string, from: number, to: number): Finding | null;
  /** Scores of a piece by the learned layer; overwritten by the next piece. */
  score(piece: Piece): Float64Array;
};

/** Without marks "ban" may be you, a table or a sale: where a diagnosis follows, a person looks. */
function maybeYou(reading: Reading, before: number): boolean {
  for (let i = Math.max(0, before - 3); i < before; i++) if (tokenText(reading, i) === "ban") return true;
  return false;
}

/** Weighs what an examiner saw: by the learned layer, and where that sees nothing, by a plain statement about a person. */
export function createPieceJudge({ lexicon, concepts }: Examiner, weights: ModelText): PieceJudge {
  const model = loadModel(weights);
  const scores = new Float64Array(columns);
  const marks = (pattern: RegExp): Uint8Array =>
    Uint8Array.from(concepts, (name) => (pattern.test(name) ? 1 : 0));
  const decisive = marks(decisiveConcepts);
  const linking = marks(linkingConcepts);
  const clearing = marks(clearingConcepts);
  const causal = marks(causalConcepts);
  const asking = marks(askingConcepts);
  const told = marks(toldConcepts);
  const diagnosed = marks(diagnosisConcepts);
  const addressed = marks(addressedConcepts);
  const unsure = marks(unsureConcepts);
  const holds = (hits: readonly Hit[], marked: Uint8Array): boolean => {
    for (const hit of hits) if (marked[hit.concept] === 1) return true;
    return false;
  };

  const score = (piece: Piece): Float64Array => {
    model.score(piece.vector, scores);
    return scores;
  };

  /**
   * A decisive term and a named or described person in one sentence, in a text that neither advertises nor informs in
   * general: a person looks even where the learned layer saw nothing alike.
   */
  const plainFact = ({ reading, hits }: Piece): Hit | undefined => {
    if (!holds(hits, decisive) || holds(hits, clearing)) return undefined;
    return hits.find((hit) => {
      if (decisive[hit.concept] !== 1) return false;
      const sentence = reading.tokenSentence[hit.from];
      return hits.some(
        (other) => linking[other.concept] === 1 && reading.tokenSentence[other.from] === sentence,
      );
    });
  };

  /**
   * A person, and right after it what that person was diagnosed with or has: whatever is sold around it, the sentence
   * says it of somebody. Where it is only supposed, denied or asked it is left to the learned layer.
   */
  const toldFact = (piece: Piece): { readonly hit: Hit; readonly isNamed: boolean } | undefined => {
    const { reading, hits } = piece;
    if (!holds(hits, told)) return undefined;
    for (const hit of hits) {
      if (told[hit.concept] !== 1) continue;
      const sentence = reading.tokenSentence[hit.from];
      const inSentence = hits.filter((other) => reading.tokenSentence[other.from] === sentence);
      if (holds(inSentence, unsure)) continue;
      const diagnosis = inSentence.find(
        (other) =>
          (diagnosed[other.concept] === 1 && other.to <= hit.from && hit.from - other.to <= 2) ||
          // "was diagnosed with" and the disease are two terms in English.
          (told[other.concept] === 1 && other.to === hit.from),
      );
      const start = diagnosis?.from ?? hit.from;
      const person = inSentence.find(
        (other) =>
          (linking[other.concept] === 1 || addressed[other.concept] === 1) &&
          other.to <= start &&
          start - other.to <= (diagnosis === undefined ? 1 : 3),
      );
      if (person === undefined && !(diagnosis !== undefined && maybeYou(reading, start))) continue;
      const isNamed = person !== undefined && (diagnosis !== undefined || linking[person.concept] === 1);
      return { hit, isNamed };
    }
    return undefined;
  };

  const toldFinding = (piece: Piece, field: string): Finding | null => {
    const fact = toldFact(piece);
    const category = fact === undefined ? undefined : categories[lexicon.categoryOf[fact.hit.concept] ?? -1];
    if (fact === undefined || category === undefined) return null;
    const [start, end] = spanOf(piece.reading, fact.hit);
    return fact.isNamed
      ? makeFinding(`${category}.fact`, category, "block", field, start, end)
      : makeFinding(`${category}.hint`, category, "review", field, start, end);
  };

  const plainFinding = (piece: Piece, field: string): Finding | null => {
    const hit = plainFact(piece);
    const category = hit === undefined ? undefined : categories[lexicon.categoryOf[hit.concept] ?? -1];
    if (hit === undefined || category === undefined) return null;
    const [start, end] = spanOf(piece.reading, hit);
    return makeFinding(`${category}.hint`, category, "review", field, start, end);
  };

  const manner = (hits: readonly Hit[]): string => {
    if (holds(hits, causal)) return "causal";
    return holds(hits, asking) ? "asked" : "fact";
  };

  const learnedFinding = (
    piece: Piece,
    blocked: boolean,
    field: string,
    text: string,
    from: number,
    to: number,
  ): Finding => {
    model.scoreCategories(piece.vector, scores);
    let best = 0;
    for (let i = 1; i < categories.length; i++) if ((scores[2 + i] ?? 0) > (scores[2 + best] ?? 0)) best = i;
    const category = categories[best] ?? "health";
    const term = piece.hits.find((hit) => lexicon.categoryOf[hit.concept] === best);
    const [start, end] = term === undefined ? trimmed(text, from, to) : spanOf(piece.reading, term);
    const rule = `${category}.${blocked ? manner(piece.hits) : "hint"}`;
    return makeFinding(rule, category, blocked ? "block" : "review", field, start, end);
  };

  const judge = (piece: Piece, field: string, text: string, from: number, to: number): Finding | null => {
    score(piece);
    const blocked = (scores[1] ?? 0) >= model.blockFrom;
    const statement = blocked ? null : toldFinding(piece, field);
    if (statement?.severity === "block") return statement;
    if (blocked || (scores[0] ?? 0) >= model.reviewFrom)
      return learnedFinding(piece, blocked, field, text, from, to);
    return statement ?? plainFinding(piece, field) ?? (piece.unreadable ? unreadable(field, from, to) : null);
  };

  return { judge, score };
}
