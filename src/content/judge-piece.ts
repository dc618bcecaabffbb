import { categories, type Finding } from "../domain/finding.ts";
import {
  askingConcepts,
  causalConcepts,
  clearingConcepts,
  decisiveConcepts,
  linkingConcepts,
} from "./concept-marks.ts";
import type { Examiner, Piece } from "./examine-piece.ts";
import type { Hit } from "./lexicon.ts";
import { makeFinding, unreadable } from "./make-finding.ts";
import { columns, loadModel, type ModelText } from "./model.ts";
import { spanOf, trimmed } from "./spans.ts";

export type PieceJudge = {
  /** The finding of a piece that stands in text[from, to); null where there is none. */
  judge(piece: Piece, field: string, text: string, from: number, to: number): Finding | null;
  /** Scores of a piece by the learned layer; overwritten by the next piece. */
  score(piece: Piece): Float64Array;
};

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
    if (blocked || (scores[0] ?? 0) >= model.reviewFrom)
      return learnedFinding(piece, blocked, field, text, from, to);
    return plainFinding(piece, field) ?? (piece.unreadable ? unreadable(field, from, to) : null);
  };

  return { judge, score };
}
