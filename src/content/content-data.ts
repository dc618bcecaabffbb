import { fieldNameText } from "./lexicon/field-names.gen.ts";
import { lexiconText } from "./lexicon/terms.gen.ts";
import { wordText } from "./lexicon/words.gen.ts";
import { dataDigest, modelText } from "./model/weights.gen.ts";
import type { ModelText } from "./model.ts";

/** All that a scanner is built from; constants, so that scanning needs no file. */
export type ContentData = {
  readonly lexicon: string;
  readonly fieldNames: string;
  /** Folded words by rarity, for reading disguised ones. */
  readonly words: string;
  readonly model: ModelText;
  /** SHA-256 (hex) over the above and the version of the rules. */
  readonly digest: string;
};

/** The data that this release ships. */
export const shippedData: ContentData = {
  lexicon: lexiconText,
  fieldNames: fieldNameText,
  words: wordText,
  model: modelText,
  digest: dataDigest,
};
